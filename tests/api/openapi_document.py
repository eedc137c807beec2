"""api/openapi.yaml as the tests read it: a strict copy, in which an answer may have no member that is not written down, and
whether an answer is as the document says."""

import copy
import json

import jsonschema_rs
import yaml

from server import ROOT

PATH = ROOT / "api" / "openapi.yaml"


class Document:
    def __init__(self):
        self.text = PATH.read_text()
        self.strict = closed(yaml.safe_load(self.text))
        self.operations = {item["get"]["operationId"]: (path, item["get"]) for path, item in self.strict["paths"].items()}

    def resolved(self, node):
        """The node, or what it refers to."""
        if "$ref" not in node:
            return node
        found = self.strict
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found

    def parameters(self, operation):
        return [self.resolved(one) for one in self.operations[operation][1]["parameters"]]

    def responses(self, operation):
        """By status, as a number."""
        return {int(status): self.resolved(one) for status, one in self.operations[operation][1]["responses"].items()}

    def is_open(self, operation):
        """Whether it needs no token."""
        return self.operations[operation][1].get("security") == []

    def examples(self):
        """Each with its schema: of parameters, of answers, of schemas."""
        found = []

        def walk(node):
            if isinstance(node, list):
                for one in node:
                    walk(one)
            elif isinstance(node, dict):
                schema = node.get("schema", node)
                values = node.get("examples", [])
                values = [one["value"] for one in values.values()] if isinstance(values, dict) else list(values)
                values += [node["example"]] if "example" in node else []
                found.extend((schema, value) for value in values)
                for name, one in node.items():
                    if name not in ["example", "examples"]:
                        walk(one)

        walk(self.strict)
        return found

    def faults(self, schema, value):
        """What is wrong with a JSON value, in words."""
        validator = jsonschema_rs.Draft202012Validator({**schema, "components": self.strict["components"]}, validate_formats=True)
        return [f"{fault.message}, at {list(fault.instance_path)}" for fault in validator.iter_errors(value)]

    def faults_of(self, operation, answer):
        """What an answer has that the document does not say, or the other way round."""
        response = self.responses(operation).get(answer.status)
        if response is None:
            return [f"the status {answer.status} is not written down: {answer.body[:200]}"]
        return self.faults_of_headers(response, answer) + self.faults_of_body(response, answer)

    def faults_of_headers(self, response, answer):
        found = []
        for name, header in response.get("headers", {}).items():
            header, value = self.resolved(header), answer.headers[name]
            if value is None:
                found += [f"{name} is missing"] if header.get("required") else []
            else:
                schema = self.resolved(header["schema"])
                found += [f"{name}: {fault}" for fault in self.faults(schema, int(value) if schema["type"] == "integer" else value)]
        ours = {name for name in answer.headers if name.startswith("Limits-") or name in ["ETag", "Link", "Retry-After"]}
        return found + [f"{name} is not written down" for name in ours - set(response.get("headers", {}))]

    def faults_of_body(self, response, answer):
        if "content" not in response:
            return [f"a body is not written down: {answer.body[:200]}"] if answer.body else []
        kind = (answer.headers["Content-Type"] or "").partition(";")[0]
        if kind not in response["content"]:
            return [f"the type {kind!r} is not written down"]
        schema = response["content"][kind]["schema"]
        if kind.endswith("json") and kind != "application/x-ndjson":
            return self.faults(schema, answer.json())
        if kind == "application/x-ndjson":  # each line is what the array has as an element
            row = response["content"]["application/json"]["schema"]["items"]
            return [fault for line in answer.body.decode().splitlines() for fault in self.faults(row, json.loads(line))]
        return self.faults(schema, yaml.safe_load(answer.body) if kind == "application/yaml" else answer.body.decode())


def closed(document):
    """Clients must bear members that are new, so the document leaves its objects open. Here they are closed."""
    document = copy.deepcopy(document)
    schemas = copy.deepcopy(document["components"]["schemas"])

    def close(node, is_part=False):
        if isinstance(node, list):
            for one in node:
                close(one)
        elif isinstance(node, dict):
            # The parts of a whole stay open to each other: the whole is closed.
            if "allOf" in node:
                node["allOf"] = [copy.deepcopy(schemas[part["$ref"].rsplit("/", 1)[1]]) if "$ref" in part else part for part in node["allOf"]]
            for name, one in node.items():
                if name == "allOf":
                    for part in one:
                        close(part, is_part=True)
                elif name not in ["example", "examples"]:
                    close(one)
            if not is_part and ("allOf" in node or isinstance(node.get("properties"), dict)):
                node["unevaluatedProperties"] = False

    close(document)
    return document
