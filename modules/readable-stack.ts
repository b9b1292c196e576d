import { TerraformElement, TerraformStack } from 'cdktf';
import type { Node } from 'constructs';

/** A stack that names resources after their path (`start_workflow_function`). cdktf would add a hash, but people read plans. */
export class ReadableStack extends TerraformStack {
  readonly #pathOfId = new Map<string, string>();

  /** @throws Error when two paths come out the same, since cdktf would merge the two resources silently */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const path = node.path.slice(this.node.path.length + 1);
    const id = path.replaceAll('/', '_').replaceAll('-', '_');
    const other = this.#pathOfId.get(id) ?? path;
    if (other !== path) throw new Error(`${path} and ${other} would both be called ${id}`);
    this.#pathOfId.set(id, path);
    return id;
  }
}
