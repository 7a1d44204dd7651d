# The two commands of the README, and those behind them. Each sets up what it needs.
SHELL := /bin/bash
JAVA_HOME := $(shell scripts/jdk25)
export JAVA_HOME
ifeq ($(JAVA_HOME),)
ifneq ($(MAKECMDGOALS),setup)
$(error make needs a JDK 25, see above)
endif
endif
MVN := ./mvnw -B -ntp

.PHONY: dev check test bench package native docs crds format clean setup

# without the tests, which quarkus:dev would compile first
dev: setup ## starts everything in dev mode: API and console :8080, router :8000
	$(MVN) process-classes quarkus:dev -Dmaven.test.skip=true

check: ## shell scripts, formatting, null-safety
	@scripts/setup --tests
	@scripts/check

test: check ## all tests that this machine can run
	@scripts/test

bench: ## measures, and writes target/bench/report.md
	@scripts/setup --tests
	$(MVN) -q -DskipTests package
	scripts/bench

package: ## target/quarkus-app/quarkus-run.jar
	$(MVN) -DskipTests package

native: ## target/dormouse, the native executable: with GRAALVM_HOME, else in a container
	@options=$$(scripts/native-builder) && $(MVN) -DskipTests package $$options

docs: ## docs/cli.md from the commands, docs/crds.md from the CRDs
	$(MVN) -q test -Dtest=CliPageTest,CrdPageTest -Ddocs.write=true

crds: ## src/main/kubernetes/install/crds, from the Java model
	$(MVN) -q process-classes
	mkdir -p src/main/kubernetes/install/crds
	cp target/kubernetes/crds/*.yaml src/main/kubernetes/install/crds/

format:
	$(MVN) -q spotless:apply

clean:
	$(MVN) -q clean

setup:
	@scripts/setup
