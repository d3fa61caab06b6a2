"""Makes tests/golden/values/*.json: what PyTorch computes in float64, forward and the gradient of everything.

    /usr/bin/python3 tests/golden/make_golden.py            # every topic
    /usr/bin/python3 tests/golden/make_golden.py softmax    # one or more topics

Each cases/<topic>.py has a function cases() that yields golden.Case(...). See README.md.
"""

import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import golden  # noqa: E402


def main(wanted):
    values = HERE / "values"
    values.mkdir(exist_ok=True)
    topics = sorted(p.stem for p in (HERE / "cases").glob("*.py") if p.stem != "__init__")
    unknown = set(wanted) - set(topics)
    if unknown:
        sys.exit(f"no cases/{sorted(unknown)[0]}.py; topics: {', '.join(topics)}")
    for topic in wanted or topics:
        golden.restart(topic)
        cases = {}
        for case in importlib.import_module(f"cases.{topic}").cases():
            if case.name in cases:
                sys.exit(f"{topic}: two cases are called {case.name}")
            cases[case.name] = case.to_json()
        text = json.dumps(cases, indent=1, ensure_ascii=False)
        (values / f"{topic}.json").write_text(golden.compact(text) + "\n", encoding="utf-8", newline="\n")
        print(f"{topic}: {len(cases)} cases")


if __name__ == "__main__":
    main(sys.argv[1:])
