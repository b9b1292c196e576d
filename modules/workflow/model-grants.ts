import { isInferenceProfile, PROFILE_PREFIX } from '../config.ts';
import { allow, type Statement } from '../policy-document.ts';
import type { StageSettings } from '../settings-schema.ts';

const INVOKE = ['bedrock:InvokeModel'];

/**
 * Call of the stage's model, and of those that versions before the newest may still call: all versions have one role. An
 * inference profile needs a grant on itself and on the model in each region it routes to; there only through the profile,
 * so that nobody calls the model past it. A model that is no profile runs where it is called.
 */
export function modelStatements(settings: StageSettings): readonly Statement[] {
  const { region, account, modelId, previousModelIds = [], modelRegions } = settings;
  return [modelId, ...previousModelIds].flatMap((id, index) => {
    const number = index === 0 ? '' : String(index);
    const modelIn = (at: string) => `arn:aws:bedrock:${at}::foundation-model/${id.replace(PROFILE_PREFIX, '')}`;
    if (!isInferenceProfile(id)) return [allow(`Model${number}`, INVOKE, [modelIn(region)])];
    const profile = `arn:aws:bedrock:${region}:${account}:inference-profile/${id}`;
    return [
      allow(`Profile${number}`, INVOKE, [profile]),
      allow(`Model${number}`, INVOKE, modelRegions.map(modelIn), {
        StringEquals: { 'bedrock:InferenceProfileArn': profile },
      }),
    ];
  });
}
