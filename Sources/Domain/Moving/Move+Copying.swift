/// The rows of the source are no longer those that have been copied.
struct SourceHasChanged: Error {}

/// Copying and comparing, page by page.
extension Move {
    func copy(_ tables: [Pair], _ marks: [String: Mark]) async throws -> [Moved] {
        var moved: [Moved] = []
        for table in tables {
            moved.append(try await copy(table, marks[table.source.name] ?? .start))
        }
        return moved
    }

    /// The first rows, as many as the mark counts, are in the target already; they must be the same as they were.
    private func copy(_ table: Pair, _ reached: Mark) async throws -> Moved {
        var sum = RowSum(of: table.source)
        var mark = reached
        var count: Int64 = 0
        try await eachPage(of: table.source, in: source) { page in
            var rest: [[StoredValue]] = []
            for row in page {
                sum.add(row)
                count += 1
                if count > reached.rows { rest.append(row) }
                if count == reached.rows, sum.value != reached.sum { throw SourceHasChanged() }
            }
            guard !rest.isEmpty else { return }
            let next = Mark(rows: count, sum: sum.value)
            try await put(rest, into: table.target, from: mark, to: next)
            mark = next
            tell(.copied(table: table.source.name, rows: count))
        }
        guard count >= reached.rows else { throw SourceHasChanged() }
        return Moved(table: table.source.name, rows: count, sum: sum.value)
    }

    private func put(
        _ rows: [[StoredValue]], into table: StoredTable, from mark: Mark, to next: Mark
    ) async throws {
        let isPut: Bool
        do {
            isPut = try await target.move { try $0.put(rows, into: table, from: mark, to: next) }
        } catch let refusal as Refusal {
            throw Refusal(refusal.reason, "\(table.name): \(refusal.message)")
        } catch {
            throw Refusal(.unsupported, "The target does not take the rows of \(table.name): \(error)")
        }
        guard isPut else { throw Refusal(.conflict, "Another move into the target is at work.") }
    }

    /// Reads back everything that the target holds now.
    func verify(_ moved: [Moved], _ tables: [Pair]) async throws {
        for (moved, table) in zip(moved, tables) {
            var sum = RowSum(of: table.source)
            var count: Int64 = 0
            try await eachPage(of: table.target, in: target) { page in
                for row in page { sum.add(row) }
                count += Int64(page.count)
            }
            guard count == moved.rows, sum.value == moved.sum else { throw Self.differs(moved, count) }
            tell(.verified(table: moved.table, rows: count))
        }
    }

    private static func differs(_ moved: Moved, _ count: Int64) -> Refusal {
        let words = count == moved.rows ? "as many rows, but not the same" : "\(count) rows instead of \(moved.rows)"
        return Refusal(
            .conflict,
            "The table \(moved.table) of the target is not that of the source: it has \(words). Somebody has changed "
                + "it; begin anew.")
    }

    private func eachPage(
        of table: StoredTable, in store: any Store, _ body: ([[StoredValue]]) async throws -> Void
    ) async throws {
        var last: [StoredValue]?
        while true {
            let page = try await store.read { [last, pageRows] rows in
                try rows.rows(of: table, after: last, limit: pageRows, bytes: Self.pageBytes)
            }
            guard let end = page.last else { return }
            try await body(page)
            last = table.key(of: end)
        }
    }
}
