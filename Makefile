# Every target installs and builds what it needs first, and is quick when nothing changed.
SHELL := /bin/bash
MACHINE_PATH := $(PATH)
# Node 24 comes from npm into node_modules/.bin (design: the same Node in development and in Lambda).
export PATH := $(CURDIR)/node_modules/.bin:$(MACHINE_PATH)
STAGE ?= dev
export STAGE

INSTALLED := node_modules/.installed
BUILT := dist/.built
SYNTHESIZED := cdktf.out/.synthesized-$(STAGE)
LAMBDA_SOURCES := $(shell find lambdas -path '*/src/*.ts' ! -name '*.generated.*') $(wildcard lambdas/*/package.json scripts/*.ts)
STACK_SOURCES := main.ts cdktf.json $(wildcard modules/* statemachine/*)

.DEFAULT_GOAL := help
.PHONY: help start demo test check format build synth clean

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

start: $(SYNTHESIZED) ## Runs the whole system on this machine, without an AWS account (PORT=3000)
	@node local/main.ts

demo: $(SYNTHESIZED) ## Turns a sample goal of 64 actions into tasks and shows it happening (JSON=1: one JSON line last)
	@node local/demo.ts

test: $(SYNTHESIZED) ## Runs every test
	@node scripts/test.ts

check: $(BUILT) ## Lint, format and types
	biome check .
	tsc --noEmit

format: $(INSTALLED) ## Formats every file
	biome check --write .

build: $(BUILT) ## Validators, bundles and zips of the Lambdas, in dist/lambdas

synth: $(SYNTHESIZED) ## Terraform JSON of a stage, in cdktf.out (STAGE=dev or prod)
	@echo "cdktf.out/stacks/goal-activity-$(STAGE)/cdk.tf.json"

clean: ## Removes what was built and the local stack's data
	rm -rf dist cdktf.out coverage .local lambdas/*/src/*.generated.*

$(INSTALLED): package-lock.json package.json $(wildcard lambdas/*/package.json)
	@PATH="$(MACHINE_PATH)" npm ci --no-audit --no-fund --loglevel=error
	@node scripts/require-node.cjs
	@touch $@

$(BUILT): $(INSTALLED) $(LAMBDA_SOURCES)
	@node scripts/build.ts
	@touch $@

$(SYNTHESIZED): $(BUILT) $(STACK_SOURCES)
	@node main.ts
	@touch $@
