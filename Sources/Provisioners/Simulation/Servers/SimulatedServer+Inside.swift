import Domain
import Foundation

/// What is done within a server: commands and files.
extension SimulatedServer {
    mutating func performInside(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> Effect {
        guard isRunning else { throw .conflict("server_stopped", "The server is stopped: start it first.") }
        if input.action.name == "server_exec" { return Effect(outputs: try run(input, at: now)) }
        return Effect(outputs: try write(input, at: now))
    }

    private mutating func run(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue {
        let command = try input.texts("command", 1...64, least: 0, most: 8192)
        _ = try input.integer("timeoutSeconds", 1...3600, usually: 30)
        let given = try input.text("stdin", least: 0, most: 65_536, usually: "")
        let answer = SimulatedShell(server: self).run(command, given: given)
        note("ran \(command[0].prefix(100))", at: now)
        return [
            "exitCode": .integer(answer.code), "stdout": .string(answer.output), "stderr": .string(answer.complaint),
            "timedOut": false, "simulated": true,
        ]
    }

    private mutating func write(_ input: ActionInput, at now: Timestamp) throws(Refusal) -> JSONValue {
        let path = try Self.path(input)
        let mode = try input.text("mode", pattern: "0?[0-7]{3}", usually: disk.files[path]?.mode ?? "0644")
        let content = try Self.content(input)
        guard content.count <= ServerDisk.mostBytesOfFile else {
            throw input.refusal("content", "must have \(ServerDisk.mostBytesOfFile) bytes at most.")
        }
        let file = ServerDisk.File(content: content, mode: mode.count == 3 ? "0\(mode)" : mode, changedAt: now)
        try disk.write(file, to: path)
        return [
            "path": .string(path), "sizeBytes": .integer(Int64(content.count)), "mode": .string(file.mode),
            "modifiedAt": .string(now.iso8601),
        ]
    }

    func read(_ input: ActionInput) throws(Refusal) -> JSONValue {
        let path = try Self.path(input)
        guard let file = disk.files[path] else { throw .missing("path", "path: there is no file \(path).") }
        let text = String(data: file.content, encoding: .utf8)
        return [
            "path": .string(path), "content": .string(text ?? file.content.base64EncodedString()),
            "encoding": .string(text == nil ? "base64" : "utf8"), "sizeBytes": .integer(Int64(file.content.count)),
            "mode": .string(file.mode), "modifiedAt": .string(file.changedAt.iso8601),
        ]
    }

    private static func path(_ input: ActionInput) throws(Refusal) -> String {
        guard let path = ServerDisk.path(try input.text("path", most: 1024)), path != "/" else {
            throw input.refusal("path", "must be the whole path of a file, such as /srv/app/config.json.")
        }
        return path
    }

    private static func content(_ input: ActionInput) throws(Refusal) -> Data {
        let text = try input.text("content", least: 0, most: 400_000)
        guard try input.text("encoding", from: ["utf8", "utf-8", "base64"], usually: "utf8") == "base64" else {
            return Data(text.utf8)
        }
        guard let bytes = Data(base64Encoded: text) else { throw input.refusal("content", "is not base64.") }
        return bytes
    }
}
