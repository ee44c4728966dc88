/// What the simulated provisioner remembers of the things that it pretends to have: documents under texts.
package protocol SimulationRows {
    /// A resource's state by its name; a transaction that changes it reads it with `lockingIt`.
    func simulated(_ name: String, lockingIt: Bool) throws -> SimulatedRow?
    /// Inserts it, or replaces the one of that name.
    func put(_ row: SimulatedRow) throws
    func removeSimulated(_ name: String) throws
    /// In the order of their names, after one, of those that begin alike.
    func simulated(beginning prefix: String, after name: String, limit: Int) throws -> [SimulatedRow]
}

/// One document of the simulation.
package struct SimulatedRow: Sendable, Equatable {
    /// `resource/<id>`, `token/<token>`, `number/+1555…`
    package var name: String
    /// JSON.
    package var body: String

    package init(name: String, body: String) {
        self.name = name
        self.body = body
    }
}
