import Domain
import Foundation
import Synchronization
import Wire

/// A file that books are written into, line by line; it bears its name once it is whole.
final class BookExport: Sendable {
    private static let pieceBytes = 1 << 16

    private struct State {
        var lines: [UInt8] = []
        var transfers = 0
        var balances = 0
    }

    private let path: String
    private let partial: String
    private let output: FileHandle
    private let state = Mutex(State())

    private var isStandard: Bool { path == CommandFile.standard }

    /// - Parameter data: where the file is not to stand in the place of what a server keeps.
    /// - Throws: `conflict` for a file that is there, unless it may be overwritten.
    init(to path: String, overwrites: Bool, beside data: DataDirectory?) throws {
        self.path = path
        partial = path + ".partial"
        guard path != CommandFile.standard else {
            output = .standardOutput
            return
        }
        try data?.mustNotOwn(path)
        guard overwrites || FileFacts(at: path) == nil else {
            throw Refusal(.conflict, "\(path) is there already; --force overwrites it.", field: "file")
        }
        ignoreFileSizeSignal()
        // Books are nobody else's to read.
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else {
            throw Refusal(.unavailable, "\(partial) could not be made: \(SystemFault.words()).", field: "file")
        }
        output = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }

    func write(_ line: BookLine) throws {
        let text = try line.render()
        try state.withLock { state in
            if case .entry = line { state.transfers += 1 } else { state.balances += 1 }
            state.lines += text.utf8
            state.lines.append(UInt8(ascii: "\n"))
            if state.lines.count >= Self.pieceBytes { try flush(&state) }
        }
    }

    private func flush(_ state: inout State) throws {
        do { try output.write(contentsOf: Data(state.lines)) } catch { throw unwritten }
        state.lines = []
    }

    private var unwritten: Refusal {
        Refusal(.unavailable, "\(path) cannot be written: \(SystemFault.words()).", field: "file")
    }

    /// What was written; nothing is said where standard output is the file.
    func finish() throws -> Report {
        let written = try state.withLock { state in
            try flush(&state)
            return state
        }
        if isStandard {
            var report = Report(json: .null, text: "")
            report.isSilent = true
            return report
        }
        try output.synchronize()
        guard rename(partial, path) == 0 else { throw unwritten }
        return Report([
            "file": .string(path), "transfers": .integer(Int64(written.transfers)),
            "balances": .integer(Int64(written.balances)),
        ])
    }

    /// Leaves nothing of a file that did not become whole.
    func abandon() {
        if !isStandard { unlink(partial) }
    }
}

/// Exported books that are gone over, without a store.
enum BookReading {
    /// - Throws: `invalid` for a file that cannot be read.
    static func audit(_ path: String) throws -> Audit {
        let text = try CommandFile.text(path)
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // After the last line end there is nothing.
        if lines.last?.isEmpty == true { lines.removeLast() }
        var audit = Audit()
        for (place, line) in lines.enumerated() { audit.read(String(Substring(line)), number: place + 1) }
        audit.finish()
        return audit
    }
}

extension Report {
    /// A line for each thing that does not agree.
    init(_ audit: Audit) {
        let isSound = audit.faults.isEmpty
        let sums = "transfers: \(audit.transfers), accounts: \(audit.accounts.count)"
        self.init(
            json: [
                "ok": .bool(isSound), "transfers": .integer(Int64(audit.transfers)),
                "accounts": .integer(Int64(audit.accounts.count)),
                "faults": .array(audit.faults.map { .string($0) }),
            ],
            text: isSound
                ? "The books agree (\(sums))."
                : (audit.faults + ["The books do not agree (faults: \(audit.faults.count), \(sums))."])
                    .joined(separator: "\n"))
        isFailure = !isSound
    }
}
