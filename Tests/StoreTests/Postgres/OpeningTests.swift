import Domain
import Foundation
import Testing

@testable import PostgresStore

@Suite("Opening a PostgreSQL store", .timeLimit(.minutes(2)))
struct OpeningTests {
    private func refusal(_ url: String) async -> Refusal? {
        do {
            try await PostgresStore(url: url).close()
            return nil
        } catch {
            return error as? Refusal ?? Refusal(.conflict, "\(error)")
        }
    }

    @Test("Ten may open a new schema at once: it is made once")
    func together() async throws {
        try await inSchema { schema in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        let store = try await PostgresStore(url: schema.url, connections: 2)
                        try await store.write { try $0.raiseRevision() }
                        try store.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await PostgresServer.run("SELECT value FROM revision", at: schema.url) == "10")
            #expect(try await PostgresServer.run("SELECT count(*) FROM rialto_migrations", at: schema.url) == "5")
        }
    }

    @Test("What was answered is there when it is opened again")
    func reopened() async throws {
        try await inSchema { schema in
            let first = try await PostgresStore(url: schema.url)
            try await first.write { try $0.insert(Story.run(10)) }
            try first.close()
            let second = try await PostgresStore(url: schema.url)
            #expect(try await second.read { try $0.run(id: Story.id(10)) } == Story.run(10))
            try second.close()
        }
    }

    @Test("One that a newer version wrote is refused")
    func newer() async throws {
        try await TestSchema.with { _, schema in
            try await PostgresServer.run("INSERT INTO rialto_migrations (number) VALUES (999)", at: schema.url)
            let refusal = await refusal(schema.url)
            #expect(refusal?.reason == .unsupported)
            #expect(refusal?.message.contains("newer version") == true)
        }
    }

    @Test("A schema with tables of others is refused, and left as it was")
    func foreign() async throws {
        try await inSchema { schema in
            try await PostgresServer.run("CREATE TABLE files (path text)", at: schema.url)
            let refusal = await refusal(schema.url)
            #expect(refusal?.reason == .unsupported)
            #expect(refusal?.message.contains("not Rialto's") == true)
            let left = try await PostgresServer.run(
                "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = current_schema()", at: schema.url)
            #expect(left == "files")
        }
    }

    @Test("Without a schema there is no place for the tables")
    func nowhere() async throws {
        let url = try TestSchema.address("options=-csearch_path%3Dno_such_schema")
        #expect(await refusal(url)?.message.contains("search_path") == true)
    }

    @Test("A database that cannot hold every letter is refused")
    func encoding() async throws {
        let name = "latin_" + UUID().uuidString.replacing("-", with: "").lowercased()
        try await PostgresServer.run(
            "CREATE DATABASE \(name) ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
        let refusal = await refusal(try TestSchema.address("dbname=\(name)"))
        try await PostgresServer.run("DROP DATABASE \(name)")
        #expect(refusal?.message == "The store needs a database with the encoding UTF8; this one has LATIN1.")
    }

    @Test(
        "What is no address is refused without repeating it",
        arguments: [
            "", "nonsense", "postgres://ana:s3cr3t/word@127.0.0.1:5432/rialto", "postgres://ana:s3cr3t%zz@127.0.0.1/x",
            "postgres://ana:s3cr3t@127.0.0.1:port/x?sslmode=s3cr3t", "postgres://ana:s3cr3t@[::1/x",
            "postgres://ana@127.0.0.1/x?pasword=s3cr3t", "host=127.0.0.1 password='s3cr3t",
        ])
    func noAddress(_ url: String) async {
        let refusal = await refusal(url)
        #expect(refusal != nil)
        #expect(refusal.map { "\($0)".contains("s3cr3t") } == false)
    }

    @Test("Nobody is told the password, whatever goes wrong")
    func secret() async throws {
        let url = try PostgresServer.url
        let parts = try #require(URLComponents(string: url))
        let password = try #require(parts.password)
        let wrong = url.replacing(password, with: "s3cr3t-and-wrong")
        let troubles = [
            wrong, wrong.replacing("/postgres", with: "/nowhere"), try TestSchema.address("dbname=nowhere"),
            try TestSchema.address("sslmode=require"), try TestSchema.address("host=/no/such/socket"),
            wrong.replacing(":\(parts.port ?? 0)", with: ":1"), try TestSchema.address("sslrootcert=/no/such/file"),
        ]
        for trouble in troubles {
            let refusal = await refusal(trouble)
            #expect(refusal?.reason == .unavailable || trouble.contains("sslrootcert"), "\(trouble)")
            #expect(refusal.map { "\($0)".contains(password) || "\($0)".contains("s3cr3t") } != true)
        }
        let words = await refusal(wrong)?.message
        #expect(words?.contains("password authentication failed") == true)
    }

    private func inSchema(_ body: (TestSchema) async throws -> Void) async throws {
        let schema = try await TestSchema()
        do {
            try await body(schema)
        } catch {
            await schema.drop()
            throw error
        }
        await schema.drop()
    }
}
