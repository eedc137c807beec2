"""What schemathesis is told of this API. Loaded by its own command line."""

import schemathesis

UNKNOWN_HEADER = "x-schemathesis-unknown-property"


@schemathesis.hook
def filter_case(context, case):
    """Any server bears headers that it does not know: such a case breaks no rule."""
    return UNKNOWN_HEADER not in (case.headers or {})


@schemathesis.hook
def before_call(context, case, kwargs):
    """A `wait` that is allowed would make the run wait: nothing is written meanwhile."""
    wait = str((case.query or {}).get("wait", ""))
    if wait.isdigit() and int(wait) <= 60:
        case.query["wait"] = 0


@schemathesis.deserializer("text/event-stream", "application/x-ndjson", "text/csv")
def text_of(context, response):
    """To the document these are text; openapi_test.py looks into them."""
    return response.text
