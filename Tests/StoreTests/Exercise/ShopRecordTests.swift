import Domain
import Testing

/// Documents of the shop, and how they are found.
@Suite("Records of the shop") struct ShopRecordTests {
    private static func list(
        _ store: any Store, _ change: @Sendable (inout RecordPage) -> Void = { _ in }
    ) async throws -> [UInt64] {
        var page = RecordPage(account: Story.harbour.id)
        change(&page)
        let asked = page
        return try await store.read { try $0.records(of: "purchase", asked) }.map { $0.id.low & 0xFFFF }
    }

    @Test("A record comes back as it was written, under its kind and id only", arguments: Backend.all)
    func written(_ backend: Backend) async throws {
        try await backend.with { store in
            var full = Story.due(10, at: 7)
            full.parent = Story.id(9)
            full.label = "n\u{0}ets “fine” 🐟"
            let records = [full, Story.record(11), Story.record(10, kind: "quote")]
            try await store.write { rows in for record in records { try rows.insert(record) } }
            for record in records {
                #expect(try await store.read { try $0.record(of: record.kind, id: record.id) } == record)
            }
            #expect(try await store.read { try $0.record(of: "quote", id: Story.id(11)) } == nil)
            await #expect(throws: (any Error).self, "an id is given once") {
                try await store.write { try $0.insert(Story.record(11, of: Story.bakery)) }
            }
        }
    }

    @Test("A record is changed over the version before only", arguments: Backend.all)
    func changed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in for number in UInt64(10)...11 { try rows.insert(Story.record(number)) } }
            var next = Story.due(10, at: 5)
            next.parent = Story.id(9)
            (next.shelf, next.label, next.version, next.body) = ("done", "", 2, "{}")
            let second = next
            func update(_ record: StoredRecord) async throws -> Bool {
                try await store.write { try $0.update(record) }
            }
            #expect(try await [update(second), update(second)] == [true, false])
            #expect(try await store.read { try $0.record(of: "purchase", id: Story.id(10)) } == second)
            #expect(try await store.read { try $0.record(of: "purchase", id: Story.id(11)) } == Story.record(11))
            next.version = 4
            #expect(try await update(next) == false, "one was left out")
            var unknown = Story.record(12)
            unknown.version = 2
            #expect(try await update(unknown) == false)
        }
    }

    @Test("Of many who change a record at the same time, one does", arguments: Backend.all)
    func together(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { try $0.insert(Story.record(10)) }
            let changes = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<20 {
                    var next = Story.record(10, label: "\(number)")
                    next.version = 2
                    let mine = next
                    group.addTask { try await store.write { try $0.update(mine) } }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(changes == 1)
        }
    }

    @Test("Records are listed by account, shelf and label, either way round", arguments: Backend.all)
    func listed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.insert(Story.record(10))
                try rows.insert(Story.record(11, on: "done", label: "\u{0}"))
                try rows.insert(Story.record(12, of: Story.bakery))
                try rows.insert(Story.record(13, on: "lost", label: "rope"))
                try rows.insert(Story.record(14, on: "done"))
                try rows.insert(Story.record(15, kind: "quote"))
            }
            #expect(try await Self.list(store) == [14, 13, 11, 10])
            #expect(try await Self.list(store) { $0.newestFirst = false } == [10, 11, 13, 14])
            #expect(try await Self.list(store) { $0.account = nil } == [14, 13, 12, 11, 10])
            #expect(try await Self.list(store) { $0.shelves = ["done"] } == [14, 11])
            #expect(try await Self.list(store) { $0.shelves = ["open", "lost", "done"] } == [14, 13, 11, 10])
            #expect(try await Self.list(store) { ($0.account, $0.shelves) = (nil, ["open"]) } == [12, 10])
            #expect(try await Self.list(store) { $0.labels = ["\u{0}", "rope"] } == [13, 11])
            #expect(
                try await Self.list(store) { ($0.shelves, $0.labels) = (["done", "open"], ["nets"]) } == [14, 10])
            #expect(try await Self.list(store) { $0.shelves = [] } == [])
            #expect(try await Self.list(store) { $0.labels = [] } == [])
        }
    }

    @Test("Records are listed by what they are a part of", arguments: Backend.all)
    func parts(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for (number, parent, account) in [
                    (10, 5, Story.harbour), (11, 5, Story.bakery), (12, 6, Story.harbour), (13, 5, Story.harbour),
                ] as [(UInt64, UInt64, Account)] {
                    var record = Story.record(number, of: account, on: number == 13 ? "done" : "open")
                    record.parent = Story.id(parent)
                    try rows.insert(record)
                }
                try rows.insert(Story.record(14))
            }
            #expect(try await Self.list(store) { $0.parent = Story.id(5) } == [13, 10])
            #expect(try await Self.list(store) { ($0.account, $0.parent) = (nil, Story.id(5)) } == [13, 11, 10])
            #expect(try await Self.list(store) { ($0.parent, $0.shelves) = (Story.id(5), ["open"]) } == [10])
            #expect(try await Self.list(store) { $0.parent = Story.id(7) } == [])
        }
    }

    @Test("A list goes on after a record, ends at its limit, and begins where it is to begin", arguments: Backend.all)
    func paged(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in for number in UInt64(10)...15 { try rows.insert(Story.record(number)) } }
            #expect(try await Self.list(store) { $0.limit = 2 } == [15, 14])
            #expect(try await Self.list(store) { ($0.limit, $0.after) = (2, Story.id(14)) } == [13, 12])
            #expect(try await Self.list(store) { ($0.newestFirst, $0.after) = (false, Story.id(13)) } == [14, 15])
            #expect(try await Self.list(store) { $0.since = Story.id(13) } == [15, 14, 13])
            #expect(try await Self.list(store) { ($0.since, $0.after) = (Story.id(13), Story.id(15)) } == [14, 13])
            #expect(
                try await Self.list(store) { page in
                    (page.newestFirst, page.since, page.after) = (false, Story.id(12), Story.id(10))
                } == [12, 13, 14, 15])
            #expect(try await Self.list(store) { ($0.since, $0.after) = (Story.id(13), Story.id(12)) } == [])
            #expect(try await Self.list(store) { $0.after = ID(high: 0, low: 0) } == [])
            #expect(
                try await Self.list(store) { ($0.newestFirst, $0.after) = (false, ID(high: .max, low: .max)) } == [])
            #expect(try await Self.list(store) { $0.limit = 0 } == [])
        }
    }

    @Test("What is due is taken for a while, what was due first before the rest", arguments: Backend.all)
    func due(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for (number, seconds) in [(10, 30), (11, 10), (12, 20), (13, 31)] as [(UInt64, Int)] {
                    try rows.insert(Story.due(number, at: seconds))
                }
                try rows.insert(Story.record(14))
                try rows.insert(Story.due(15, at: 1, kind: "service"))
            }
            func take(at seconds: Int, limit: Int = 9) async throws -> [StoredRecord] {
                try await store.write { rows in
                    try rows.takeDue(
                        kind: "purchase", at: Story.later(seconds), until: Story.later(seconds + 60), limit: limit)
                }
            }
            func isAnyDue(at seconds: Int) async throws -> Bool {
                try await store.read { try $0.isAnyDue(kind: "purchase", at: Story.later(seconds)) }
            }
            #expect(try await [isAnyDue(at: 9), isAnyDue(at: 10)] == [false, true])
            #expect(try await take(at: 9) == [])
            #expect(try await take(at: 30, limit: 2) == [Story.due(11, at: 90), Story.due(12, at: 90)])
            #expect(try await isAnyDue(at: 30))
            #expect(try await take(at: 30) == [Story.due(10, at: 90)])
            #expect(try await take(at: 30) == [])
            #expect(try await [isAnyDue(at: 30), isAnyDue(at: 31)] == [false, true])
            #expect(try await take(at: 90).map(\.id).count == 4, "whoever took them is gone")
            #expect(try await store.read { try $0.record(of: "service", id: Story.id(15)) }?.dueAt == Story.later(1))
        }
    }

    @Test("Of many who take what is due, no two take the same", arguments: Backend.all)
    func takenOnce(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in UInt64(10)..<50 { try rows.insert(Story.due(number, at: Int(number))) }
            }
            let taken = try await withThrowingTaskGroup(of: [ID].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await store.write { rows in
                            try rows.takeDue(
                                kind: "purchase", at: Story.later(50), until: Story.later(99), limit: 3
                            ).map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(taken).count == taken.count)
            let rest = try await store.write {
                try $0.takeDue(kind: "purchase", at: Story.later(50), until: Story.later(99), limit: 99).map(\.id)
            }
            #expect(Set(taken + rest).count == 40 && taken.count + rest.count == 40)
        }
    }

    @Test("Old records of a shelf are removed, a few at a time", arguments: Backend.all)
    func removed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in UInt64(10)...15 {
                    try rows.insert(Story.record(number, of: number == 11 ? Story.bakery : Story.harbour))
                }
                try rows.insert(Story.record(9, on: "bought"))
                try rows.insert(Story.record(10, kind: "quote"))
            }
            func remove() async throws -> Int {
                try await store.write {
                    try $0.removeRecords(of: "purchase", on: "open", before: Story.id(13), limit: 2)
                }
            }
            #expect(try await [remove(), remove(), remove()] == [2, 1, 0])
            #expect(try await Self.list(store) { $0.account = nil } == [15, 14, 13, 9])
            #expect(try await store.read { try $0.record(of: "quote", id: Story.id(10)) } != nil)
        }
    }
}
