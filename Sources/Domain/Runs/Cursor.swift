/// A place in a run's log, as clients carry it: `<run>:<sequence>`.
package struct Cursor: Sendable, Equatable {
    package var run: ID
    package var sequence: Int64

    package init(run: ID, sequence: Int64) {
        self.run = run
        self.sequence = sequence
    }

    package init(parsing text: String) throws(Refusal) {
        let halves = text.split(separator: ":", omittingEmptySubsequences: false)
        guard halves.count == 2, let run = ID(uuid: halves[0]),
            halves[1].utf8.allSatisfy({ (48...57).contains($0) }), let sequence = Int64(halves[1])
        else {
            throw .invalid("Last-Event-ID", "Last-Event-ID must be an id that this server has sent, “<run>:<number>”.")
        }
        self.init(run: run, sequence: sequence)
    }

    static let foreign = Refusal.invalid("Last-Event-ID", "This Last-Event-ID belongs to another run.")
}
