import ArgumentParser
import Domain
import Foundation
import Logging
import Synchronization
import Wire

/// `rialto migrate`: a stopped server's data, moved into a database.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Move a stopped server's data into an empty PostgreSQL database.",
        discussion: "Copies every table and compares it. If it is interrupted, run it again: it goes on where it was.")

    @Option(help: .init("Where the data is: sqlite: and the data directory.", valueName: "sqlite:dir"))
    var from: String
    @Option(
        help: .init(
            "The database, postgres://…; else $RIALTO_STORE_URL, which no list of processes shows.",
            valueName: "url"))
    var to: String?
    @Flag(help: "Throw away what an unfinished migration has left in the database, and begin again.")
    var anew = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let order = try MoveOrder(
            from: from, to: to ?? environment["RIALTO_STORE_URL"] ?? "", environment: environment)
        let moved = try await order.carryOut(
            isAnew: anew, Logs.logger(.init(level: .warning)), tell: MoveNews().tell)
        let report = Self.report(moved, order)
        Console.out(output.json ? report.json.render() : report.text)
    }

    static func report(_ moved: [Move.Moved], _ order: MoveOrder) -> Report {
        let rows = moved.map { [$0.table, "\($0.rows)", hexadecimal($0.sum)] }
        let key = order.keyOrigin
        let text = """
            \(Table.render([["table", "rows", "sha256"]] + rows))

            Everything is in \(order.place.words): start servers with --store and its URL. The master key is in \(key).
            \(order.data.path) is as it was; a server on it would know nothing of what happens in the database.
            """
        return Report(
            json: [
                "from": .string(order.data.path), "to": .string(order.place.words), "master_key": .string(key),
                "tables": .array(
                    moved.map {
                        [
                            "table": .string($0.table), "rows": .integer($0.rows),
                            "sha256": .string(hexadecimal($0.sum)),
                        ]
                    }),
            ], text: text)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// How far a migration has come, told on standard error.
private final class MoveNews: Sendable {
    private static let pause = Duration.seconds(1)
    private let last = Mutex(ContinuousClock.now)

    func tell(_ news: Move.News) {
        switch news {
        case .resumes: Console.err("Going on where the last migration stopped.")
        case .beginsAnew: Console.err("The data has changed since the last migration: beginning from the start.")
        case .verified(let table, let rows): Console.err("\(table): all \(rows) rows are there and the same.")
        case .copied(let table, let rows): if isTime { Console.err("\(table): \(rows) rows copied so far.") }
        }
    }

    private var isTime: Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            let isTime = last.duration(to: now) >= Self.pause
            if isTime { last = now }
            return isTime
        }
    }
}
