import { allStates, parseDefinition } from '../../../local/aws/step-functions/engine/definition.ts';
import type { TaskContext } from '../../../local/aws/step-functions/index.ts';
import type { StackDescription } from '../../../local/terraform/stack-description.ts';

const field = (value: unknown, name: string): unknown => Reflect.get(Object(value), name);

/** The states that publish, by the kind of their messages. */
const PUBLISHERS: Readonly<Record<string, string>> = { partial: 'NotifyPartial', escalation: 'EscalatePartial' };

/** Tells which state of which execution makes a call: moto's own calls do not say. */
export function createCallerFinder({ stateMachine }: StackDescription) {
  const states = allStates(parseDefinition(stateMachine.definition));

  return {
    /** A function is called by one state, but for UpdateProgress, which gets a failure from ActionFailed. */
    ofInvocation(functionArn: string, payload: unknown): TaskContext {
      const found = states.flatMap(([name, state]) =>
        state.Type === 'Task' && state.Resource === functionArn ? [name] : [],
      );
      const isFailure = field(payload, 'failure') !== undefined;
      const stateName = found.length < 2 ? found[0] : found.find((name) => (name === 'ActionFailed') === isFailure);
      if (stateName === undefined) throw new Error(`no state calls ${functionArn}`);
      return { executionArn: String(field(payload, 'executionArn')), stateName };
    },

    /** A message of ours says what it is about, and has its kind for its one attribute. */
    ofMessage(form: URLSearchParams): TaskContext {
      const kind = form.get('MessageAttributes.entry.1.Value.StringValue') ?? '';
      const executionArn = /^Execution: (\S+)$/m.exec(form.get('Message') ?? '')?.[1] ?? '';
      return { executionArn, stateName: PUBLISHERS[kind] ?? 'NotifyFailure' };
    },
  };
}
