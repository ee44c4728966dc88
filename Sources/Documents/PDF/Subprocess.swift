import Domain
import Foundation

/// A program that reads bytes and writes others, within limits of time, memory and output.
struct Subprocess: Sendable {
    /// How it went.
    enum Outcome: Sendable {
        case ended(status: Int32, output: [UInt8])
        case late
        case tooMuch
    }

    let program: String
    let arguments: [String]
    let seconds: Int
    let memoryBytes: Int
    let outputBytes: Int

    func run(input: [UInt8]) async throws -> Outcome {
        let wish = EndWish()
        return try await withTaskCancellationHandler {
            try await OwnThread.run { try run(input, wish) }
        } onCancel: {
            wish.say()
        }
    }

    private func run(_ input: [UInt8], _ wish: EndWish) throws -> Outcome {
        let deadline = ContinuousClock.now + .seconds(seconds)
        let output = Pipe()
        let process = try start(input, output)
        defer { end(process) }
        var bytes: [UInt8] = []
        let reader = output.fileHandleForReading.fileDescriptor
        while ContinuousClock.now < deadline, !wish.isSaid, bytes.count <= outputBytes {
            var wanted = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            // Woken now and then, for the wish to end is not heard in sleep.
            guard poll(&wanted, 1, 50) > 0 else { continue }
            guard take(from: reader, into: &bytes) else { break }
        }
        if bytes.count > outputBytes { return .tooMuch }
        while process.isRunning, !wish.isSaid, ContinuousClock.now < deadline { usleep(1000) }
        if wish.isSaid { throw CancellationError() }
        return process.isRunning ? .late : .ended(status: process.terminationStatus, output: bytes)
    }

    /// With all that it started, which would otherwise be waited for as well.
    private func end(_ process: Process) {
        let identifier = process.processIdentifier
        if process.isRunning { kill(getpgid(identifier) == identifier ? -identifier : identifier, SIGKILL) }
        process.waitUntilExit()
    }

    /// The shell sets the limit of memory and then becomes the program.
    private func start(_ input: [UInt8], _ output: Pipe) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let command = "ulimit -v \(memoryBytes / 1024) 2>/dev/null; exec \"$0\" \"$@\""
        process.arguments = ["-c", command, program] + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        process.standardInput = try nameless(input)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try output.fileHandleForWriting.close()
        return process
    }

    /// A file without a name: unlike a pipe, it waits for nobody, and breaks under nobody's hands.
    private func nameless(_ bytes: [UInt8]) throws -> FileHandle {
        let directory = FileManager.default.temporaryDirectory.path
        var path = Array("\(directory)/document-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw Self.noRoom }
        unlink(path)
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(bytes))
            try file.seek(toOffset: 0)
        } catch {
            throw Self.noRoom
        }
        return file
    }

    private static let noRoom = Refusal(.unavailable, "This server has no room to read the file.", field: "file")

    /// - Returns: false at the end.
    private func take(from reader: Int32, into bytes: inout [UInt8]) -> Bool {
        let part = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, read(reader, buffer.baseAddress, buffer.count))
        }
        bytes += part
        return !part.isEmpty
    }
}

/// Whether somebody no longer wants what is being done.
final class EndWish: @unchecked Sendable {
    // Guarded by the lock.
    private var isTrue = false
    private let lock = NSLock()

    var isSaid: Bool { lock.withLock { isTrue } }

    func say() { lock.withLock { isTrue = true } }
}
