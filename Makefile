# A thin front: what a target does is in the script or the CMake preset that it calls. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help build test sanitize test-docker torture bench run stop create-user-stream populate-data coverage lint format clean

# `make run WORKERS=2 KINESIS_PORT=4570` reaches the scripts as environment.
export LIMITS_VAR WORKERS KINESIS KINESIS_PORT DYNAMODB_PORT API_PORT

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 22

build: ## Build the programs into build/release/bin
	@tools/install-packages build
	@daemon/build

test: ## Install what is missing, build, and run every test
	@tools/test

sanitize: ## Run the unit tests and the real child under the address, undefined-behaviour and thread sanitizers
	@tools/sanitize

test-docker: ## Build the images without a Docker engine and take the README's steps with them; needs root
	@tools/test-docker

torture: ## Try for hours what `make test` tries for minutes; `make torture ONLY=simulation` for one
	@tools/torture $(ONLY)

bench: ## Print every performance figure, beside other children and the machine's limits; takes an hour
	@tools/bench

run: ## Start the whole local stack, put samples, show the limits; `make run WORKERS=2` has two daemons
	@daemon/up

stop: ## End the local stack
	@daemon/down

create-user-stream: ## Create the stream on the running stack
	@daemon/create-user-stream

populate-data: ## Put the sample events on the running stack once more
	@daemon/populate-data

coverage: ## Run the tests that need no daemon under gcov, and report
	@tools/install-packages build run test coverage
	@tools/coverage

lint: ## Check formatting, and run clang-tidy on all sources
	@tools/install-packages build lint
	@tools/lint

format: ## Format all C++ sources in place
	@tools/install-packages lint
	@git ls-files -z '*.h' '*.cc' | xargs -0 clang-format-19 -i

clean: ## End the stack, then remove what was built and what the stack wrote
	@daemon/down
	@rm -rf build var
