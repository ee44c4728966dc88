/// Moves everything that one store remembers into an empty one, and goes on where it was interrupted.
///
/// How far it has come is written into the target together with the rows. The source is read from its first row again
/// after an interruption, so that what it has become meanwhile is noticed; nobody writes to it while it is read.
package struct Move: Sendable {
    /// How far a table has come.
    package struct Mark: Sendable, Equatable {
        package var rows: Int64
        /// Of the rows so far.
        package var sum: [UInt8]

        package init(rows: Int64, sum: [UInt8]) {
            self.rows = rows
            self.sum = sum
        }

        static let start = Mark(rows: 0, sum: [])
    }

    /// A move that has begun.
    package struct Unfinished: Sendable {
        /// The oldest account of the source, by which that is known again.
        package var origin: ID
        package var marks: [String: Mark]

        package init(origin: ID, marks: [String: Mark]) {
            self.origin = origin
            self.marks = marks
        }
    }

    /// What was moved of a table.
    package struct Moved: Sendable, Equatable {
        package var table: String
        package var rows: Int64
        package var sum: [UInt8]

        package init(table: String, rows: Int64, sum: [UInt8]) {
            self.table = table
            self.rows = rows
            self.sum = sum
        }
    }

    /// What the caller is told on the way.
    package enum News: Sendable, Equatable {
        case resumes
        /// The source has changed since the move began.
        case beginsAnew
        case copied(table: String, rows: Int64)
        case verified(table: String, rows: Int64)
    }

    /// What is held in memory at a time; a row that is longer is a page of its own.
    static let pageBytes = 1 << 20

    let source: any Store
    let target: any MoveTarget
    let pageRows: Int
    let tell: @Sendable (News) -> Void

    package init(
        from source: any Store, to target: any MoveTarget, pageRows: Int = 1000,
        tell: @escaping @Sendable (News) -> Void = { _ in }
    ) {
        self.source = source
        self.target = target
        self.pageRows = pageRows
        self.tell = tell
    }

    /// Copies, compares, and opens the target to servers.
    /// - Parameters:
    ///   - isAnew: whether what an unfinished move has left is thrown away.
    ///   - master: the master key that the target keeps from now on, if it is to keep one.
    /// - Throws: `conflict` where the target is in use, holds other data, or is not like the source in the end.
    package func run(isAnew: Bool = false, keeping master: [UInt8]? = nil) async throws -> [Moved] {
        let tables = try await pairs()
        let origin = try await origin()
        let marks = try await begin(origin, tables, isAnew: isAnew)
        let moved: [Moved]
        do {
            moved = try await copy(tables, marks)
        } catch is SourceHasChanged {
            tell(.beginsAnew)
            moved = try await copy(tables, begin(origin, tables, isAnew: true))
        }
        try await verify(moved, tables)
        try await end(tables, keeping: master)
        return moved
    }

    /// A table of the source, and the same in the target, its columns in the same order.
    struct Pair: Sendable {
        let source: StoredTable
        let target: StoredTable
    }

    private func pairs() async throws -> [Pair] {
        let theirs = try await target.read { try $0.tables() }
        return try await source.read { try $0.tables() }.map { table in
            guard let other = theirs.first(where: { $0.name == table.name }), other.key == table.key,
                Set(other.columns.map(\.name)) == Set(table.columns.map(\.name))
            else { throw Refusal(.unsupported, "The two stores do not have the same table \(table.name).") }
            let columns = table.columns.compactMap { column in other.columns.first { $0.name == column.name } }
            return Pair(source: table, target: StoredTable(name: other.name, columns: columns, key: other.key))
        }
    }

    private func origin() async throws -> ID {
        guard let oldest = try await source.read({ try $0.accounts().first }) else {
            throw Refusal(.notFound, "There is nothing to move: the source has no account.")
        }
        return oldest.id
    }

    private func begin(_ origin: ID, _ tables: [Pair], isAnew: Bool) async throws -> [String: Mark] {
        let targets = tables.map(\.target)
        let (marks, resumes) = try await target.move { rows in
            try rows.lock(targets)
            try Self.mustBeLeftAlone(rows)
            if let unfinished = try rows.unfinishedMove() {
                guard isAnew || unfinished.origin == origin else { throw Self.otherMove }
                if !isAnew { return (unfinished.marks, true) }
            } else if try !targets.allSatisfy({ try Self.isUnused($0, rows) }) {
                throw Self.holdsData(isThis: try rows.accounts().first?.id == origin)
            }
            try rows.beginMove(of: origin, into: targets)
            return ([:], false)
        }
        if resumes { tell(.resumes) }
        return marks
    }

    private func end(_ tables: [Pair], keeping master: [UInt8]?) async throws {
        let given = try await source.read { try $0.numbersGiven() }
        try await target.move { rows in
            try rows.lock(tables.map(\.target))
            try Self.mustBeLeftAlone(rows)
            if let master { try rows.keep(masterKey: master) }
            try rows.endMove(numbersGiven: given)
        }
    }

    /// The revision is there from the beginning.
    private static func isUnused(_ table: StoredTable, _ rows: any MoveRows) throws -> Bool {
        try table.name == "revision" ? rows.revision() == 0 : rows.isEmpty(table)
    }

    private static func mustBeLeftAlone(_ rows: any MoveRows) throws {
        let servers = try rows.liveLeases()
        guard servers == 0 else {
            throw Refusal(.conflict, "The target is in use by servers (\(servers)): stop them first.")
        }
    }

    private static let otherMove = Refusal(
        .conflict, "The target holds an unfinished move of other data. Finish that, or begin anew.")

    private static func holdsData(isThis: Bool) -> Refusal {
        let words =
            isThis
            ? "The target holds this data already: a move of it has finished."
            : "The target holds other data already. Data is moved only where there is none."
        return Refusal(.conflict, words)
    }
}
