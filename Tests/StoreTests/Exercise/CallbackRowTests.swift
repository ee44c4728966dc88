import Domain
import Testing

/// Who is to be told of an end, how often that was tried, and how their endpoints do.
@Suite("Callbacks") struct CallbackRowTests {
    private static func callback(_ number: UInt64, url: String = "https://till.example/hook") -> Callback {
        Callback(
            run: Story.id(number), account: Story.harbour.id, target: .init(key: Story.turnstile.id, url: url),
            createdAt: Story.later(Int(number)))
    }

    private static func take(_ store: any Store, at seconds: Int, busy: [String] = []) async throws -> Callback? {
        try await store.write {
            try $0.takeCallback(dueAt: Story.later(seconds), until: Story.later(seconds + 40), busy: busy)
        }
    }

    @Test("A callback is due once its run has ended, and then taken for a while", arguments: Backend.all)
    func due(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { try $0.insert(Self.callback(10)) }
            #expect(try await store.read { try $0.callback(of: Story.id(10)) } == Self.callback(10))
            #expect(try await Self.take(store, at: 100) == nil)
            try await store.write { try $0.callbackIsDue(of: Story.id(10), at: Story.later(50)) }
            #expect(try await store.read { try !$0.isAnyCallbackDue(at: Story.later(49), busy: []) })
            #expect(try await Self.take(store, at: 49) == nil)
            #expect(try await store.read { try $0.isAnyCallbackDue(at: Story.later(50), busy: []) })
            let taken = try #require(try await Self.take(store, at: 50))
            #expect(taken.attempts == 1 && taken.state == .due && taken.target == Self.callback(10).target)
            #expect(try await Self.take(store, at: 89) == nil)
            #expect(try await Self.take(store, at: 90)?.attempts == 2, "whoever took it is gone")
        }
    }

    @Test("A callback that is to wait after the end of its run is due so much later", arguments: Backend.all)
    func later(_ backend: Backend) async throws {
        try await backend.with { store in
            var callback = Self.callback(10)
            callback.dueAt = callback.createdAt.adding(seconds: 7)
            let waiting = callback
            try await store.write { rows in
                try rows.insert(waiting)
                try rows.callbackIsDue(of: waiting.run, at: Story.later(50))
            }
            #expect(try await store.read { try $0.callback(of: waiting.run) }?.dueAt == Story.later(57))
        }
    }

    @Test("What has waited longest goes first, but not to who is busy or paused", arguments: Backend.all)
    func order(_ backend: Backend) async throws {
        try await backend.with { store in
            let urls = ["https://a.example/1", "https://b.example/2", "https://c.example:444/3"]
            try await store.write { rows in
                for (place, url) in urls.enumerated() {
                    let number = UInt64(10 + place)
                    try rows.insert(Self.callback(number, url: url))
                    try rows.callbackIsDue(of: Story.id(number), at: Story.later(30 - place))
                }
                var paused = Endpoint(name: Self.callback(12, url: urls[2]).endpoint)
                paused.failures = 9
                paused.pausedUntil = Story.later(60)
                try rows.put(paused)
            }
            let busy = [Self.callback(11, url: "https://b.example/other").endpoint]
            #expect(try await Self.take(store, at: 31, busy: busy)?.run == Story.id(10))
            #expect(try await Self.take(store, at: 31, busy: busy) == nil)
            #expect(try await Self.take(store, at: 31)?.run == Story.id(11))
            #expect(try await Self.take(store, at: 31) == nil)
            #expect(try await Self.take(store, at: 60)?.run == Story.id(12))
        }
    }

    @Test("Attempts are kept in their order, and one that has ended replaces its beginning", arguments: Backend.all)
    func attempts(_ backend: Backend) async throws {
        try await backend.with { store in
            let begun = Delivery(run: Story.id(10), number: 1, at: Story.later(1))
            var ended = begun
            ended.milliseconds = 250
            ended.problem = "“till.example” could not be reached"
            var second = Delivery(run: Story.id(10), number: 2, at: Story.later(5))
            second.status = 204
            try await store.write { [second, ended] rows in
                try rows.put(second)
                try rows.put(begun)
                try rows.put(ended)
            }
            #expect(try await store.read { try $0.deliveries(of: Story.id(10)) } == [ended, second])
            #expect(try await store.read { try $0.endpoint(named: "nobody") } == nil)
        }
    }

    @Test("Callbacks are listed newest first, by state too, and forgotten with their attempts", arguments: Backend.all)
    func listed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                for number in UInt64(10)..<14 {
                    var callback = Self.callback(number)
                    try rows.insert(callback)
                    callback.state = number == 10 ? .failed : number == 11 ? .delivered : .due
                    callback.attempts = 3
                    callback.dueAt = Story.later(500)
                    try rows.update(callback)
                    try rows.put(Delivery(run: callback.run, number: 1, at: Story.later(1)))
                }
            }
            func listed(_ state: Callback.State?) async throws -> [ID] {
                try await store.read { try $0.callbacks(limit: 3, state: state).map(\.run) }
            }
            #expect(try await listed(nil) == [13, 12, 11].map(Story.id))
            #expect(try await listed(.failed) == [Story.id(10)])
            #expect(try await store.write { try $0.forgetCallbacks(before: Story.later(100), limit: 9) } == 2)
            #expect(try await listed(nil) == [13, 12].map(Story.id), "what is still to be sent is kept")
            #expect(try await store.read { try $0.deliveries(of: Story.id(11)) } == [])
        }
    }

    @Test("A conversation takes its callbacks with it", arguments: Backend.all)
    func removed(_ backend: Backend) async throws {
        try await backend.with { store in
            try await store.write { rows in
                try rows.insert(Story.run(10, in: "cabin"))
                try rows.insert(Self.callback(10))
                try rows.put(Delivery(run: Story.id(10), number: 1, at: Story.later(1)))
                try rows.removeConversation(account: Story.harbour.id, id: "cabin")
            }
            #expect(try await store.read { try $0.callback(of: Story.id(10)) } == nil)
            #expect(try await store.read { try $0.deliveries(of: Story.id(10)) } == [])
        }
    }
}
