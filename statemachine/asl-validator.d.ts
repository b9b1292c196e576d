declare module 'asl-validator' {
  /** Validates an Amazon States Language definition; the package ships no types of its own at this path. */
  export default function aslValidator(
    definition: object,
    options?: { checkPaths?: boolean; checkArn?: boolean },
  ): { isValid: boolean; errors: unknown[]; errorsText(separator?: string): string };
}
