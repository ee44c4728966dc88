import Domain
import Testing

/// Who waits for a turn, and who has the next one.
@Suite("The queue") struct QueueRowTests {
    private static func queued(
        _ number: UInt64, in conversation: String? = nil, of account: Account = Story.harbour,
        asking agent: String = "clerk"
    ) -> Run {
        var run = Story.run(number, in: conversation ?? "room \(number)", of: account)
        run.agent = agent
        run.status = .queued
        return run
    }

    private static func put(_ runs: Run..., into store: any Store) async throws {
        try await store.write { rows in
            for run in runs {
                _ = try rows.queueLength(account: run.account)
                try rows.insert(run)
                try rows.enqueue(run)
            }
        }
    }

    /// The numbers of the runs whose turn it is.
    private static func turns(_ limit: Int, _ store: any Store) async throws -> [UInt64] {
        try await store.write { try $0.takeTurns(QueueRoom(turns: limit), under: 7) }.map { $0.run.id.low & 0xFFFF }
    }

    @Test("Turns go round the accounts, their agents, and then to who came first", arguments: Backend.all)
    func order(_ backend: Backend) async throws {
        try await backend.with { store in
            for number in UInt64(10)..<16 { try await Self.put(Self.queued(number), into: store) }
            try await Self.put(
                Self.queued(20, asking: "pilot"), Self.queued(21, asking: "pilot"), Self.queued(30, of: Story.bakery),
                Self.queued(31, of: Story.bakery), into: store)
            #expect(try await store.write { try $0.queueLength(account: Story.harbour.id) } == (8, 10))
            let order = try await Self.turns(4, store) + Self.turns(99, store)
            #expect(order.filter { $0 < 30 } == [10, 20, 11, 21, 12, 13, 14, 15])
            #expect(Set(order.prefix(4)).isSuperset(of: [30, 31]), "\(order)")
            #expect(try await Self.turns(9, store) == [])
            #expect(try await store.write { try $0.queueLength(account: Story.harbour.id) } == (0, 0))
        }
    }

    @Test("A run with its turn is running, under the lease of who took it", arguments: Backend.all)
    func taken(_ backend: Backend) async throws {
        try await backend.with { store in
            try await Self.put(Self.queued(10), into: store)
            #expect(try await store.read { try $0.turnsTaken(by: Story.id(10)) } == 0)
            let turns = try await store.write { try $0.takeTurns(QueueRoom(turns: 1), under: 42) }
            #expect(turns.map(\.number) == [1] && turns.map(\.run.status) == [.running])
            #expect(turns.first?.run.question == Self.queued(10).question)
            #expect(try await store.read { try $0.runsHeld(under: 42) } == [Story.id(10)])
            #expect(try await store.read { try $0.turnsTaken(by: Story.id(10)) } == 1)
            #expect(try await store.read { try $0.queuePlace(of: Story.id(10)) } == nil)
            #expect(try await store.read { try $0.turnsTaken(by: Story.id(99)) } == nil)
        }
    }

    @Test("Of a conversation only the first has a turn; when it has left, the next", arguments: Backend.all)
    func conversation(_ backend: Backend) async throws {
        try await backend.with { store in
            for number in UInt64(10)...12 { try await Self.put(Self.queued(number, in: "cabin"), into: store) }
            try await Self.put(Self.queued(13, in: "cabin", of: Story.bakery), into: store)
            #expect(Set(try await Self.turns(9, store)) == [10, 13])
            #expect(try await Self.turns(9, store) == [])
            #expect(try await store.write { try !$0.withdraw(Story.id(10)) }, "it has its turn")
            #expect(try await store.write { try $0.withdraw(Story.id(11)) })
            #expect(try await Self.turns(9, store) == [])
            try await store.write { try $0.leaveQueue(Story.id(10)) }
            #expect(try await Self.turns(9, store) == [12])
            try await store.write { try $0.leaveQueue(Story.id(12)) }
            try await Self.put(Self.queued(14, in: "cabin"), into: store)
            #expect(try await Self.turns(9, store) == [14])
        }
    }

    @Test("A turn that is given back is the next one of its lane again, and counts or not", arguments: Backend.all)
    func returned(_ backend: Backend) async throws {
        try await backend.with { store in
            for number in UInt64(10)...12 { try await Self.put(Self.queued(number), into: store) }
            #expect(try await Self.turns(2, store) == [10, 11])
            try await store.write { rows in
                try rows.returnTurn(of: Story.id(10), countsAttempt: true)
                try rows.returnTurn(of: Story.id(11), countsAttempt: false)
                try rows.returnTurn(of: Story.id(12), countsAttempt: false)
            }
            #expect(try await store.read { try $0.run(id: Story.id(10)) }?.status == .queued)
            #expect(try await store.write { try $0.queueLength(account: Story.harbour.id) } == (3, 3))
            let turns = try await store.write { try $0.takeTurns(QueueRoom(turns: 9), under: 8) }
            #expect(turns.map(\.run.id) == [Story.id(10), Story.id(11), Story.id(12)])
            #expect(turns.map(\.number) == [2, 1, 1])
        }
    }

    @Test("A place counts the turns of others that come before it", arguments: Backend.all)
    func place(_ backend: Backend) async throws {
        try await backend.with { store in
            for number in UInt64(10)..<20 { try await Self.put(Self.queued(number), into: store) }
            try await Self.put(
                Self.queued(30, asking: "pilot"), Self.queued(40, of: Story.bakery), Self.queued(41, of: Story.bakery),
                into: store)
            func place(_ number: UInt64) async throws -> Int? {
                try await store.read { try $0.queuePlace(of: Story.id(number)) }
            }
            #expect(try await [place(10), place(19)] == [4, 13])
            #expect(try await [place(30), place(40), place(41)] == [4, 2, 4])
            _ = try await Self.turns(9, store)
            #expect(try await place(19) ?? 0 <= 4)
            #expect(try await place(10) == nil)
        }
    }

    @Test("An account that has as many turns as it may leaves the others theirs", arguments: Backend.all)
    func full(_ backend: Backend) async throws {
        try await backend.with { store in
            for number in UInt64(10)..<16 { try await Self.put(Self.queued(number), into: store) }
            try await Self.put(Self.queued(30, of: Story.bakery), into: store)
            func take(_ underWay: [ID: Int]) async throws -> [UInt64] {
                let room = QueueRoom(turns: 9, turnsOfAccount: 3, underWay: underWay)
                return try await store.write { try $0.takeTurns(room, under: 7) }.map { $0.run.id.low & 0xFFFF }
            }
            #expect(Set(try await take([Story.harbour.id: 1])) == [10, 11, 30])
            #expect(try await take([Story.harbour.id: 3]) == [])
            #expect(try await take([:]) == [12, 13, 14])
        }
    }

    @Test("Accounts that ask at the same time do not stand in each other's way", arguments: Backend.all)
    func accounts(_ backend: Backend) async throws {
        try await backend.with { store in
            let accounts = (UInt64(1)...3).map { Account(id: Story.id($0), name: "\($0)", createdAt: Story.morning) }
            try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for number in UInt64(100)..<220 {
                    let run = Self.queued(number, in: "room \(number % 5)", of: accounts[Int(number % 3)])
                    group.addTask {
                        try await store.writeTogether(as: run.account) { rows in
                            _ = try rows.queueLength(account: run.account)
                            try rows.insert(run)
                            try rows.enqueue(run)
                        }
                        let turns = try await Self.turns(2, store)
                        for turn in turns { try await store.write { try $0.leaveQueue(Story.id(turn)) } }
                        return turns
                    }
                }
                var seen = try await group.reduce(into: []) { $0 += $1 }
                while case let more = try await Self.turns(9, store), !more.isEmpty {
                    for turn in more { try await store.write { try $0.leaveQueue(Story.id(turn)) } }
                    seen += more
                }
                #expect(seen.sorted() == Array(100..<220))
            }
            #expect(try await store.read { try $0.queueLength() } == 0)
        }
    }

    @Test("What is left of a conversation that was removed takes nobody's turn", arguments: Backend.all)
    func removed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await Self.put(Self.queued(10, in: "cabin"), Self.queued(11), into: store)
            try await store.write { try $0.removeConversation(account: Story.harbour.id, id: "cabin") }
            #expect(try await Self.turns(9, store) == [11])
            #expect(try await store.read { try $0.turnsTaken(by: Story.id(10)) } == nil)
        }
    }

    @Test("Whoever takes turns at the same time takes different ones", arguments: Backend.all)
    func together(_ backend: Backend) async throws {
        try await backend.with { store in
            for number in UInt64(100)..<140 {
                try await Self.put(Self.queued(number, in: "room \(number % 7)"), into: store)
            }
            var seen: [UInt64] = []
            while seen.count < 40 {
                let batches = try await withThrowingTaskGroup(of: [UInt64].self) { group in
                    for _ in 0..<4 { group.addTask { try await Self.turns(3, store) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let taken = batches.flatMap { $0 }
                #expect(Set(taken.map { $0 % 7 }).count == taken.count, "one of each conversation: \(taken)")
                seen += taken
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in taken {
                        group.addTask { try await store.write { try $0.leaveQueue(Story.id(number)) } }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(seen.sorted() == Array(100..<140))
            for room in UInt64(0)..<7 {
                let ofRoom = seen.filter { $0 % 7 == room }
                #expect(ofRoom == ofRoom.sorted())
            }
        }
    }
}
