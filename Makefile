# Every target installs and builds what it needs first, and is quick when nothing changed.
# The make of macOS (GNU 3.81) starts a plain command without a shell, and then not by the PATH below; with a SHELL of ours it uses that.
SHELL := /bin/bash
MACHINE_PATH := $(PATH)
# Node 24 comes from npm into node_modules/.bin (design: the same Node in development and in Lambda).
export PATH := $(CURDIR)/node_modules/.bin:$(MACHINE_PATH)
# A worker process starts in half the time once Node has its code compiled here.
export NODE_COMPILE_CACHE := $(CURDIR)/node_modules/.cache/node-compile-cache
STAGE ?= dev
export STAGE

INSTALLED := node_modules/.installed
BUILT := dist/.built
SYNTHESIZED := cdktf.out/.synthesized-$(STAGE)
STAGES := $(shell sed -n 's/^  "\([a-z0-9]*\)": {.*/\1/p' modules/settings.json)
SYNTHESIZED_ALL := $(STAGES:%=cdktf.out/.synthesized-%)
LAMBDA_SOURCES := $(shell find lambdas -path '*/src/*.ts' ! -name '*.generated.*') $(wildcard lambdas/*/package.json scripts/build/* scripts/build/*/*)
PAGE := web/dist/.built
PAGE_SOURCES := $(shell find web/src web/public client/src -type f ! -name '*.generated.*') $(wildcard web/*.*)
# The types of the API client. They are gone when the code runs, so only a type check needs them to be new.
CONTRACT := client/src/contract.generated.d.ts
STACK_SOURCES := main.ts cdktf.json .terraform.lock.hcl web/scripts/content-security-policy.ts $(wildcard modules/* modules/*/* statemachine/*)
# An emulator's stack is also made from these variables, which make cannot see change: they name a file.
ENDPOINTS := cdktf.out/.endpoints-$(shell echo '$(AWS_ENDPOINT_URL) $(AWS_ENDPOINT_URL_BEDROCK_RUNTIME)' | cksum | cut -d ' ' -f 1)

.DEFAULT_GOAL := help
.PHONY: $(shell sed -n 's/^\([a-z-][a-z-]*\):.*/\1/p' Makefile)

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

start: $(SYNTHESIZED) $(PAGE) ## Runs the whole system on this machine, without an AWS account (PORT=3000)
	@node local/main.ts

demo: $(SYNTHESIZED) ## Turns a sample goal of 64 actions into tasks and shows it happening (JSON=1: one JSON line last)
	@node local/demo/demo.ts

smoke: $(SYNTHESIZED) ## Tries a deployed stage, or an API, as people use it (STAGE=dev, or URL=http://127.0.0.1:3000, TOKEN)
	@STAGE=$(if $(filter file,$(origin STAGE)),,$(STAGE)) node scripts/smoke/smoke.ts

emulator: $(INSTALLED) ## Runs an AWS emulator and the mock AI without Docker, for STAGE=emulator (PORT=4566, AI_PORT=4700)
	@node local/emulator/emulator.ts

mock-ai: $(INSTALLED) ## The mock AI alone, for functions of another emulator on this machine (AI_PORT=4700)
	@node local/emulator/ai.ts

test: $(if $(CHANGED),$(BUILT),$(SYNTHESIZED) $(PAGE)) ## Runs every test (CHANGED=1: the unit tests of your changes; SEED, TESTS, GREP, DATE)
	@$(if $(CHANGED),,node scripts/programs.ts)
	@node scripts/test.ts

soak: $(SYNTHESIZED) ## The random tests at length: ten times the cases, twice the faults, 50 kills (SEED, PROPERTY_TIMES, KILLS)
	@PROPERTY_TIMES=$${PROPERTY_TIMES:-10} KILLS=$${KILLS:-50} node scripts/test.ts test/properties/*.test.ts test/faults/*.test.ts \
		test/integration/cancel-at-every-state.test.ts test/integration/many-users.test.ts test/interleavings/*.test.ts

conformance: $(SYNTHESIZED) ## The state machine on a second interpreter, compared with the first (needs Python 3; some 5 minutes)
	@node test/conformance/python.ts
	@mocha test/conformance/*.conformance.ts

replay: $(SYNTHESIZED) ## Runs an execution again with the answers of its history, and says what differs (FILE=history.json, STEP=1)
	@node scripts/replay/replay.ts

mutation: $(BUILT) ## Mutation testing of the Lambdas by their unit tests, some 20 minutes (LAMBDA=save-tasks: of one)
	@node scripts/mutation/mutation.ts

simulate: $(BUILT) ## Which limit of a stage bites first, and when: a table and a chart (RUNS_PER_DAY=1000000, STAGE=prod)
	@STAGE=$(if $(filter file,$(origin STAGE)),,$(STAGE)) node scripts/simulate/simulate.ts

evaluate: $(BUILT) ## How good are a model's tasks? 40 actions in two languages (MODEL_ID=..., COMPARE=<earlier JSON_FILE>)
	@node scripts/evaluate/evaluate.ts

check: $(BUILT) $(SYNTHESIZED_ALL) $(PAGE) $(CONTRACT) ## Lint, format, spelling, types, and the rules that the infrastructure must keep
	biome check .
	cspell lint --no-progress --no-summary
	tsc --noEmit
	tsc --noEmit -p web
	@node scripts/policy/check.ts

policy-scan: $(SYNTHESIZED_ALL) ## Has checkov check every real stage; what is accepted is in scripts/policy/checkov (needs Python 3)
	@node scripts/policy/checkov.ts

compare-cdktn: $(BUILT) ## Synthesizes with cdktn, the successor of cdktf, and compares (fetches it from npm)
	@node scripts/cdktn/compare.ts

audit: $(INSTALLED) ## Asks npm's registry for known vulnerabilities of the packages
	@node scripts/audit.ts

sbom: $(INSTALLED) ## What the packages are, as CycloneDX JSON, in dist/sbom.cdx.json
	@mkdir -p dist
	@PATH="$(MACHINE_PATH)" npm sbom --sbom-format cyclonedx --package-lock-only > dist/sbom.cdx.json

picture: $(SYNTHESIZED) ## Draws docs/architecture.svg from what was synthesized
	@node scripts/architecture/draw.ts

format: $(INSTALLED) ## Formats every file
	biome check --write .

build: $(BUILT) ## Validators, bundles and zips of the Lambdas, in dist/lambdas

bench: $(SYNTHESIZED) ## Measures speed, load and cost beside limits of the same run (QUICK=1, SWEEP=1, PARTS=a,b; TEST=1: its tests)
	@node $(if $(TEST),scripts/test.ts 'test/performance/**/*.test.ts',test/performance/bench/bench.ts)

synth: $(SYNTHESIZED) ## Terraform JSON of a stage, in cdktf.out (STAGE: one of modules/settings.json)
	@echo "cdktf.out/stacks/goal-activity-$(STAGE)/cdk.tf.json"

validate: $(SYNTHESIZED_ALL) ## Has Terraform check every stack; it fetches the provider, and needs no credentials
	@node scripts/terraform/run.ts validate

lock: $(SYNTHESIZED) ## Takes the newest version of Terraform's AWS provider that is allowed (TOOL=terraform and TOOL=tofu)
	@node scripts/terraform/lock.ts

plan: $(SYNTHESIZED) ## What a deploy of a stage would change (with terraform, tofu or TOOL=cdktf)
	@node scripts/terraform/run.ts plan

deploy: $(SYNTHESIZED) ## Deploys a stage, after asking (AUTO_APPROVE=1: without)
	@node scripts/terraform/run.ts deploy

second-plan: $(INSTALLED) ## What a second plan of an emulator's stage shows, beside the emulator's known gaps (STAGE=emulator)
	@STAGE=$(if $(filter file,$(origin STAGE)),emulator,$(STAGE)) node scripts/emulator/second-plan.ts

destroy: $(SYNTHESIZED) ## Destroys a stage with all its data, once its name is typed
	@node scripts/terraform/run.ts destroy

check-model: $(BUILT) ## Calls the models of a stage once each, and says what is missing where access is refused
	@node scripts/stage/check-model.ts

aliases: $(INSTALLED) ## Notes where every alias live of a stage leads, or moves them back (SAVE=file or RESTORE=file)
	@node scripts/stage/aliases.ts

prune: $(INSTALLED) ## Deletes old versions of a stage's functions and state machine, 20 kept (DRY_RUN=1: only says which)
	@node scripts/stage/prune.ts

bootstrap: $(SYNTHESIZED) ## Makes what a stage needs before its first deploy: bucket of its state, roles for GitHub, budget
	@node scripts/terraform/run.ts deploy bootstrap

clean: ## Removes what was built and the local stack's data
	rm -rf dist web/dist cdktf.out coverage .local lambdas/*/src/*.generated.* client/src/*.generated.*

$(INSTALLED): package-lock.json package.json $(wildcard client/package.json web/package.json lambdas/*/package.json)
	@PATH="$(MACHINE_PATH)" npm ci --no-audit --no-fund --loglevel=error
	@node scripts/require-node.cjs
	@touch $@

$(PAGE): $(INSTALLED) $(PAGE_SOURCES)
	@cd web && vite build --logLevel warn
	@touch $@

$(CONTRACT): $(INSTALLED) docs/openapi.yaml
	@npm run --silent build -w client >/dev/null
	@touch $@

$(BUILT): $(INSTALLED) $(LAMBDA_SOURCES) | $(CONTRACT)
	@node scripts/build/build.ts
	@touch $@

cdktf.out/.synthesized-%: $(BUILT) $(STACK_SOURCES) $(ENDPOINTS)
	@STAGE=$* node main.ts
	@touch $@

$(ENDPOINTS):
	@mkdir -p $(@D)
	@rm -f cdktf.out/.endpoints-*
	@touch $@
