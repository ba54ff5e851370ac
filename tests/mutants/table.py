"""The mutants: which text of which file becomes which, what that breaks, and which tests see it first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One fault of the protocol: exact texts, each of which stands in its file once."""

    name: str
    breaks: str
    edits: tuple[tuple[str, str, str], ...]
    first: str = "test_worlds.py"


def _one(name: str, breaks: str, file: str, old: str, new: str, first: str = "test_worlds.py") -> Mutant:
    return Mutant(name, breaks, ((file, old, new),), first)


_TRANSPORT = (
    _one(
        "retried-post",
        "a write whose answer was lost goes out again at once",
        "transport/client.py",
        "        try:\n            return self._exchange.once(request)\n        except Fault as fault:\n            raise fault.plain() from None",
        "        for last in (False, True):\n            try:\n                return self._exchange.once(request)\n            except Fault as fault:\n"
        "                if last or not fault.again:\n                    raise fault.plain() from None\n        raise AssertionError",
        "test_each_fault.py",
    ),
    _one(
        "500-is-a-refusal",
        "a 5xx to a write is taken for proof that nothing happened",
        "transport/verdict.py",
        'return "none" if 300 <= status < 500 and status',
        'return "none" if 300 <= status < 600 and status',
        "test_each_fault.py",
    ),
    _one(
        "408-is-a-refusal",
        "a timeout that the server reports is taken for proof that nothing happened",
        "transport/verdict.py",
        "300 <= status < 500 and status != http.HTTPStatus.REQUEST_TIMEOUT",
        "300 <= status < 500",
        "test_each_fault.py",
    ),
    _one(
        "503-is-a-refusal",
        "a 503 without Retry-After is taken for proof that nothing happened",
        "transport/verdict.py",
        'return "unknown" if wait is None else "none"',
        'return "none"',
        "test_each_fault.py",
    ),
    _one(
        "lost-is-unsent",
        "a connection that broke is taken for one that never was",
        "transport/exchange.py",
        'effect="unknown" if flight.sent else "none"',
        'effect="none"',
        "test_each_fault.py",
    ),
    _one(
        "page-is-a-refusal",
        "a 2xx whose body is no JSON is taken for proof that nothing happened",
        "transport/verdict.py",
        'raise Fault(message, effect="unknown", again=False, status=answer.status) from None',
        'raise Fault(message, effect="none", again=False, status=answer.status) from None',
        "test_each_fault.py",
    ),
    _one(
        "any-404-is-empty",
        "a 404 that is a page reads as an empty list",
        "transport/verdict.py",
        "if answer.status in request.empty_on and _is_json_or_empty(answer):",
        "if answer.status in request.empty_on:",
        "test_limits.py",
    ),
    _one(
        "retry-at-once",
        "what the server put off goes out again without the wait",
        "apply.py",
        "        yield Wait(error.retry_after)\n",
        "        yield Wait(0.0)\n",
    ),
)
_READING = (
    _one(
        "empty-200-is-empty",
        "a 200 without a body reads as an empty list",
        "kinds.py",
        "        case None if response.status >= _NOTHING:\n",
        "        case None:\n",
        "test_limits.py",
    ),
    _one(
        "404-list-is-empty",
        "a wrong path reads as a list without runs",
        "systems/brpm/run.py",
        "        return Page((), _asking_for(request.system, plan))",
        "        return Page(() if plan else ())",
        "test_limits.py",
    ),
    _one(
        "another-id",
        "an answer about another object is believed",
        "looking.py",
        "    live = next((live for live in found if str(live.id) == str(course.id)), None)",
        "    live = found[0]",
        "test_limits.py",
    ),
    _one(
        "stale-glance",
        "where a look fails, the look before it is believed",
        "looking.py",
        "        return None, str(error)\n    return course.decide()",
        "        return course.decide(), str(error)\n    return course.decide()",
        "test_each_fault.py",
    ),
)
_DECIDING = (
    _one(
        "no-precondition",
        "what moved since the plan is overwritten",
        "course.py",
        "if left and not hindrance and course.precondition() == operation.precondition:",
        "if left and not hindrance:",
        "test_hands.py",
    ),
    _one(
        "put-from-the-plan",
        "a PUT says back what was live when the plan was made",
        "course.py",
        "course.precondition() == operation.precondition:\n        return left",
        'course.precondition() == operation.precondition:\n        return operation.requests if left[0].method == "PUT" else left',
        "test_hands.py",
    ),
    _one(
        "any-tail",
        "requests that were never approved count as the rest of those that were",
        "course.py",
        "    return len(left) < len(of) and all(map(_alike, left, rest))",
        "    return len(left) <= len(of) and all(map(_alike, left, rest))",
    ),
    _one(
        "moved-while-lost",
        "a write is sent again over what somebody changed since",
        "apply.py",
        "    if verdict.requests != left or course.precondition() != before:",
        "    if verdict.requests != left:",
        "test_hands.py",
    ),
    _one(
        "put-forgets",
        "a PUT leaves out what is live and not ours",
        "systems/flexdeploy/bodies.py",
        "**overlay(TABLE, _said(case), want)}",
        '**overlay(TABLE, {k: v for k, v in _said(case).items() if k != "description"}, want)}',
        "test_hands.py",
    ),
    _one(
        "done-unseen",
        "a write is called done though no read ever showed it",
        "apply.py",
        '    if not decided(course, verdict, left):\n        raise Ended("unsettled", unsettled(course, verdict))\n',
        "",
    ),
    _one(
        "failed-lets-pass",
        "what needs a failed operation begins all the same",
        "agenda.py",
        'frozenset({"done", "unchanged"})',
        'frozenset({"done", "unchanged", "failed", "unknown", "unsettled"})',
    ),
)
_SETTLING = (
    _one(
        "no-settle",
        "a lost write is looked for once, at once",
        "apply.py",
        "watch(course, left, course.terms.settle, lost=True)",
        "watch(course, left, 0.0, lost=True)",
        "test_each_fault.py",
    ),
    _one(
        "half-settle",
        "a lost write is looked for half as long as was asked",
        "apply.py",
        "watch(course, left, course.terms.settle, lost=True)",
        "watch(course, left, course.terms.settle / 2, lost=True)",
        "test_each_fault.py",
    ),
    _one(
        "sent-for-ever",
        "a lost write goes out again as often as it is lost",
        "apply.py",
        "    if course.resent:\n",
        "    if course.resent and not left:\n",
        "test_each_fault.py",
    ),
    _one(
        "once-again",
        "what goes out once is sent again when its answer was lost",
        "apply.py",
        "    if left[0].once:\n",
        "    if left[0].once and not left:\n",
    ),
    _one(
        "doubt-ignored",
        "an apply does not wait for what an earlier one sent",
        "apply.py",
        "    if left and until > course.looked:",
        "    if left and until > course.looked + 1e9:",
        "test_each_fault.py",
    ),
    _one(
        "doubt-by-the-end",
        "a look that ended after the settle time counts as one that began then",
        "apply.py",
        "    if left and until > course.looked:",
        "    if left and until > terms.clock():",
        "test_each_fault.py",
    ),
    _one(
        "attempt-ignored",
        "an apply whose journal is lost creates at once",
        "apply.py",
        "        until = max(until, terms.doubtful_until)",
        "        until = max(until, 0.0)",
        "test_each_fault.py",
    ),
    _one(
        "doubt-not-told",
        "an apply that knows of a lost journal does not tell the next",
        "journal.py",
        '            doubt = entry["at"]',
        "            doubt = 0.0",
        "test_each_fault.py",
    ),
    _one(
        "doubt-unread",
        "where the last look for an earlier write fails, the look before it is believed",
        "apply.py",
        '        if verdict is None:\n            raise Ended("failed", f"not sent, what came of an earlier',
        '        if verdict is None and not left:\n            raise Ended("failed", f"not sent, what came of an earlier',
        "test_each_fault.py",
    ),
    _one(
        "doubt-from-zero",
        "the wait for an earlier write counts from its intent, but is none",
        "cli/terms.py",
        "min(at, today) + settle - today",
        "min(at, today) - today",
        "test_each_fault.py",
    ),
)
_JOURNAL = (
    _one(
        "no-fsync",
        "an entry is lost with the machine",
        "journal.py",
        "            os.fsync(self._descriptors[-1])\n",
        "",
        "test_journal.py",
    ),
    _one(
        "torn-line",
        "a line that was torn or changed is believed",
        "journal.py",
        'entry.pop("crc", None) != _crc(entry)',
        'entry.pop("crc", 0) is _crc',
        "test_journal.py",
    ),
    _one(
        "glued-line",
        "what is written after a torn line is lost with it",
        "journal.py",
        '        if data and not data.endswith(b"\\n"):\n            os.write(journal, b"\\n")\n',
        "",
        "test_journal.py",
    ),
    _one(
        "no-lock",
        "two applies run at once",
        "journal.py",
        '        _hold(self._file(folder, "lock"))\n',
        '        self._file(folder, "lock")\n',
        "test_journal.py",
    ),
    _one(
        "journal-emptied",
        "each apply forgets the one before",
        "journal.py",
        "os.O_RDWR | os.O_APPEND | _FLAGS",
        "os.O_RDWR | os.O_APPEND | _FLAGS | os.O_TRUNC",
        "test_each_fault.py",
    ),
    _one(
        "link-followed",
        "the journal is written where a link points",
        "journal.py",
        '_FLAGS = os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)',
        "_FLAGS = os.O_CREAT",
        "test_journal.py",
    ),
    _one(
        "outcome-before",
        "the outcome is written before the answer is there",
        "apply.py",
        "        response = yield Write(request)\n",
        '        yield Record({"event": "outcome", **entry, "effect": "none", "status": None})\n        response = yield Write(request)\n',
    ),
    _one(
        "no-intent",
        "a write goes out of which no journal knows",
        "apply.py",
        '        yield Record({"event": "intent", **entry}, begins=not course.sent)\n',
        '        if request.method != "POST":\n            yield Record({"event": "intent", **entry}, begins=not course.sent)\n',
    ),
    _one(
        "lost-noted-as-none",
        "a lost answer is noted as one that said no",
        "apply.py",
        '"effect": error.effect, "status": error.status})',
        '"effect": "none", "status": error.status})',
        "test_each_fault.py",
    ),
    _one(
        "taken-is-seen",
        "a write that no listing shows yet is forgotten",
        "journal.py",
        'entry.get("effect") == "none"',
        'entry.get("effect") in ("none", "taken")',
        "test_journal.py",
    ),
    _one(
        "values-in-the-journal",
        "the journal holds what was written",
        "apply.py",
        '"path": request.path, "body": digest(request.body)}',
        '"path": request.path, "body": digest(request.body), "said": [str(it.after) for it in course.step.operation.changes]}',
    ),
)
_APPROVING = (
    _one(
        "approval-without-state",
        "a saved plan approves what has moved since",
        "approval.py",
        "    if same_state and _cover(_gist(before, strict=strict), _gist(now, strict=strict)):",
        "    if _cover(_gist(before, strict=strict)[1:], _gist(now, strict=strict)[1:]):",
        "test_plans.py",
    ),
    _one(
        "changed-file",
        "a plan file that is not as it was written approves what it never said",
        "approval.py",
        'strict = saved.get("seal") != sealed(saved["operations"])',
        "strict = False",
        "test_plans.py",
    ),
    _one(
        "unapproved-operation",
        "an operation that nobody approved is done",
        "approval.py",
        "        return f\"not in the approved plan: {_fields(now['changes'], {})}\"",
        "        return None",
        "test_plans.py",
    ),
    _one(
        "any-origin",
        "a plan for one server approves changes of another",
        "approval.py",
        "if before is not None and now is not None and _place(before) != _place(now):",
        "if before is None and now is not None and _place(before) != _place(now):",
        "test_plans.py",
    ),
    _one(
        "any-environment",
        "a plan for one environment approves changes of another",
        "approval.py",
        '    if saved["environment"] != of.environment:',
        '    if saved["environment"] and saved["environment"] != of.environment:',
        "test_plans.py",
    ),
    _one(
        "entries-uncounted",
        "a list is emptied past the guard",
        "guards.py",
        'counted(plan, "delete") + entries_removed(plan)',
        'counted(plan, "delete")',
        "test_limits.py",
    ),
    Mutant(
        "stop-ignored",
        "operations begin after the run was told to stop",
        (
            ("drive.py", "begun = [] if means.stop.is_set() else ", "begun = "),
            (
                "drive.py",
                '    if means.stop.is_set():\n        return Outcome(step.operation.address, "not_begun")\n',
                "",
            ),
            (
                "drive.py",
                "                if begins and self.stop.is_set():\n                    raise Interrupted\n",
                "",
            ),
        ),
        "test_sockets.py",
    ),
)
MUTANTS = (*_TRANSPORT, *_READING, *_DECIDING, *_SETTLING, *_JOURNAL, *_APPROVING)
