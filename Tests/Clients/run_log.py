"""What the store has of every run, and whether readers were shown just that."""

TEXT, FINISHED, FAILED, CANCELED = 1, 4, 5, 6
ENDS = {FINISHED: "finished", FAILED: "failed", CANCELED: "canceled"}
# Pieces that a server may have shown, but not stored, when it was cut off: 50 ms of them, or more on a busy machine.
LOST = 20


class RunLog:
    """All events of all runs, once every run has ended."""

    def __init__(self, fleet):
        self.events = {}
        self.status = {run: status for run, status, _ in fleet.runs()}
        for line in fleet.psql(
                "SELECT run, sequence, kind, CASE kind WHEN 1 THEN convert_from(body, 'UTF8') ELSE '' END "
                "FROM run_events ORDER BY run, sequence"):
            run, sequence, kind, text = line.split("|", 3)
            self.events.setdefault(run, {})[int(sequence)] = (int(kind), text)

    def check(self):
        """Every run has one end, which is its last event and what its status says."""
        for run, events in self.events.items():
            ends = {sequence: kind for sequence, (kind, _) in events.items() if kind in ENDS}
            assert list(ends) == [max(events)], (run, ends, max(events))
            assert self.status[run] == ENDS[ends[max(events)]], (run, self.status[run], ends)

    def check_reader(self, reader):
        """Nothing was shown under another number, nothing twice, and of what was kept nothing was left out."""
        assert not reader.wrongs, (reader.question, reader.wrongs, reader.endings)
        if reader.streams:
            self.check_stream(reader)
        elif reader.text is not None:
            assert reader.text == self.text(reader.run)

    def check_stream(self, reader):
        events = self.events[reader.run]
        assert reader.end == max(events), (reader.run, reader.end, max(events), reader.endings)
        kept = {sequence: text for sequence, (kind, text) in events.items() if kind == TEXT}
        lost = reader.pieces.keys() - kept.keys()
        assert all(reader.pieces[sequence] == kept[sequence] for sequence in reader.pieces.keys() & kept.keys())
        assert not kept.keys() - reader.pieces.keys(), f"{reader.run}: kept, but not shown"
        assert len(lost) <= (LOST if self.status[reader.run] == "failed" else 0), (reader.run, lost, reader.endings)
        assert max(lost, default=-1) < reader.end

    def text(self, run):
        return "".join(text for kind, text in self.events[run].values() if kind == TEXT)

    def finished(self):
        return [run for run, status in self.status.items() if status == "finished"]
