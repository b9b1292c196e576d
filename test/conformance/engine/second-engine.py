"""moto's server with its Step Functions interpreter (LocalStack's) switched on: second-engine.py <port>.

What is changed of it, all that there is:
- TIME_SCALE multiplies the waits of retriers and the timeouts of tasks and of the execution, as the local engine does it
  with the definition (local/aws/step-functions/engine/definition.ts); here it cannot be done there, since moto takes whole seconds.
- MOTO_PORT, where the interpreter looks for Lambda and SNS, is the port of services.ts and not moto's own.
- One boto3 client a service: moto makes one for each call, which takes longer than the call.
- A retrier's key is made once: see differences.ts, WORKED_AROUND.retryCount.
"""

import functools
import os
import sys
import threading
import time
import types

from moto.core.config import default_user_config
from moto.server import main
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.program.program import Program
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_sns

SCALE = float(os.environ["TIME_SCALE"])
SHORTEST_TASK_SECONDS = 1

default_user_config["stepfunctions"] = {"execute_state_machine": True}

retrier_decl.time = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds * SCALE))

TimeoutSeconds._eval_seconds = lambda self, env: max(
    self.timeout_seconds * SCALE, min(self.timeout_seconds, SHORTEST_TASK_SECONDS)
)

evaluate = Program.eval


def evaluate_scaled(self, env):
    """Of a copy, since the program of a Map's items is shared by them."""
    if self.timeout_seconds is None:
        return evaluate(self, env)
    limit = TimeoutSeconds(timeout_seconds=self.timeout_seconds.timeout_seconds * SCALE)
    scaled = Program(self.query_language, self.start_at, self.states, limit, self.comment, self.version)
    return evaluate(scaled, env)


Program.eval = evaluate_scaled

lock = threading.Lock()
make_key = EvalComponent.heap_key.fget


def make_key_once(self):
    with lock:
        return make_key(self)


EvalComponent.heap_key = property(make_key_once)

client_for = functools.cache(lambda_eval_utils.boto_client_for)


def shared_client(service, region, state_credentials=None):
    with lock:
        return client_for(service=service, region=region)


lambda_eval_utils.boto_client_for = shared_client
state_task_service_sns.boto_client_for = shared_client

main(["-H", "127.0.0.1", "-p", sys.argv[1]])
