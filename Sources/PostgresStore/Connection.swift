import CPostgres
import Domain
import Foundation

/// One connection to the server, used by one thread at a time.
final class Connection {
    /// Longer than any statement may take on the server.
    static let answerSeconds = 40.0

    let pointer: OpaquePointer
    private var isClosed = false
    let address: Address
    private let ear: Ear

    /// Who is told what the server says unasked.
    private final class Ear {
        let told: @Sendable (String) -> Void

        init(_ told: @escaping @Sendable (String) -> Void) {
            self.told = told
        }
    }

    /// Connects, and waits for it.
    /// - Throws: `DatabaseFault` without a state, or with the server's.
    init(_ address: Address, onNotice: @escaping @Sendable (String) -> Void) throws {
        guard let pointer = Self.connect(address.parameters) else {
            throw DatabaseFault(state: nil, message: "out of memory", sql: "")
        }
        self.pointer = pointer
        self.address = address
        ear = Ear(onNotice)
        guard PQstatus(pointer) == CONNECTION_OK else {
            throw DatabaseFault(state: nil, message: words, sql: "")
        }
        PQsetNoticeProcessor(
            pointer,
            { ear, message in
                guard let ear, let message else { return }
                let text = String(cString: message).trimmingCharacters(in: .whitespacesAndNewlines)
                Unmanaged<Ear>.fromOpaque(ear).takeUnretainedValue().told(text)
            }, Unmanaged.passUnretained(ear).toOpaque())
    }

    deinit {
        close()
    }

    /// Nothing may be asked of it afterwards.
    func close() {
        if !isClosed { PQfinish(pointer) }
        isClosed = true
    }

    private static func connect(_ parameters: [(name: String, value: String)]) -> OpaquePointer? {
        let names = parameters.map { strdup($0.name) }
        let values = parameters.map { strdup($0.value) }
        defer { (names + values).forEach { free($0) } }
        let namePointers = names.map { UnsafePointer<CChar>($0) } + [nil]
        let valuePointers = values.map { UnsafePointer<CChar>($0) } + [nil]
        return PQconnectdbParams(namePointers, valuePointers, 1)
    }

    /// What libpq says of its newest trouble.
    var words: String { address.discreet(PQerrorMessage(pointer).map { String(cString: $0) } ?? "") }

    var isUsable: Bool { PQstatus(pointer) == CONNECTION_OK }

    /// A parameter that the server reports on its own, such as `server_encoding`.
    func parameter(_ name: String) -> String {
        PQparameterStatus(pointer, name).map { String(cString: $0) } ?? ""
    }

    /// Runs SQL without values; of several statements the answer to the last.
    @discardableResult
    func script(_ sql: String) throws -> Answer {
        guard let result = PQexec(pointer, sql) else { throw DatabaseFault(state: nil, message: words, sql: sql) }
        let answer = Answer(result)
        guard answer.isGood else { throw DatabaseFault(result, on: self, Statement(sql)) }
        return answer
    }
}

extension Connection {
    /// Whether the server has hung up meanwhile: better known before a statement is sent than after.
    var isStale: Bool {
        while isReadable(withinSeconds: 0) {
            if PQconsumeInput(pointer) == 0 { return true }
        }
        return !isUsable
    }

    func isReadable(withinSeconds seconds: Double) -> Bool {
        var end = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
        let deadline = Date(timeIntervalSinceNow: seconds)
        while true {
            let count = poll(&end, 1, Int32(max(deadline.timeIntervalSinceNow, 0) * 1000))
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }

    /// The next answer of a pipeline; nil stands between those of two statements.
    /// - Throws: `DatabaseFault` without a state when the connection is lost, or the server is silent for too long.
    func next() throws -> Answer? {
        while PQisBusy(pointer) == 1 {
            guard isReadable(withinSeconds: Self.answerSeconds) else {
                throw DatabaseFault(state: nil, message: "the server does not answer", sql: "")
            }
            if PQconsumeInput(pointer) == 0 { throw DatabaseFault(state: nil, message: words, sql: "") }
        }
        return PQgetResult(pointer).map(Answer.init)
    }
}
