import Domain
import Foundation
import Synchronization
import TestKit
import Testing

@testable import PostgresStore

@Suite("Notices between servers", .timeLimit(.minutes(2)))
struct NoticeTests {
    /// What one server heard.
    private final class Heard: Sendable {
        private let heard = Mutex<[Notice]>([])

        var notices: [Notice] { heard.withLock { $0 } }

        /// The runs whose logs have grown.
        var grown: [ID] {
            notices.flatMap { notice -> [ID] in
                if case .grown(let runs) = notice { runs } else { [] }
            }
        }

        func add(_ notice: Notice) { heard.withLock { $0.append(notice) } }
        func forget() { heard.withLock { $0 = [] } }
    }

    /// Two servers on one schema, the second of which listens.
    private func withTwo(
        _ body: (_ first: PostgresStore, _ second: PostgresStore, TestSchema, Heard) async throws -> Void
    ) async throws {
        try await TestSchema.with { first, schema in
            let second = try await PostgresStore(url: schema.url)
            let heard = Heard()
            second.hear(heard.add)
            // Told when it begins to listen: something may have been missed.
            try await until { heard.notices == [.configuration] }
            heard.forget()
            try await body(first, second, schema, heard)
            try second.close()
        }
    }

    @Test("What one announces the other hears, in order")
    func announced() async throws {
        try await withTwo { first, _, _, heard in
            let notices: [Notice] = [.grown([Story.id(1), Story.id(2)]), .cancel(Story.id(3)), .configuration]
            for (place, notice) in notices.enumerated() {
                first.announce(notice)
                try await until { heard.notices.count > place }
            }
            #expect(heard.notices == notices)
        }
    }

    @Test("However many runs have grown, all of them are named")
    func many() async throws {
        try await withTwo { first, _, _, heard in
            let runs = (0..<1001).map { Story.id(UInt64($0)) }
            first.announce(.grown(runs))
            try await until { heard.grown.count == runs.count }
            #expect(heard.grown == runs)
        }
    }

    @Test("Who listens in another schema hears nothing of it")
    func elsewhere() async throws {
        try await withTwo { _, _, _, heard in
            try await withTwo { first, _, _, heardThere in
                first.announce(.cancel(Story.id(1)))
                try await until { heardThere.notices == [.cancel(Story.id(1))] }
                #expect(heard.notices == [])
            }
        }
    }

    @Test("A listening connection that is lost is made again, and what may have been missed is looked for")
    func lost() async throws {
        try await withTwo { first, _, schema, heard in
            for _ in 0..<3 {
                try await PostgresServer.run(
                    """
                    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                    WHERE application_name = '\(schema.name)' AND query LIKE 'LISTEN%'
                    """)
                try await until { heard.notices == [.configuration] }
                heard.forget()
                first.announce(.cancel(Story.id(9)))
                try await until { heard.notices == [.cancel(Story.id(9))] }
                heard.forget()
            }
        }
    }

    @Test("What a newer version says, and nobody understands, is passed over")
    func strange() async throws {
        try await withTwo { first, second, _, heard in
            try await PostgresServer.run("SELECT pg_notify('\(second.listener.channel)', 'z?')")
            try await PostgresServer.run("SELECT pg_notify('\(second.listener.channel)', '')")
            first.announce(.configuration)
            try await until { heard.notices == [.configuration] }
        }
    }
}
