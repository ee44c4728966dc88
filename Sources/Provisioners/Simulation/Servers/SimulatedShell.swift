import Foundation

/// Answers a few commands as a server would; nothing is run.
struct SimulatedShell {
    /// What came of a command.
    struct Answer: Equatable {
        var code: Int64 = 0
        var output = ""
        var complaint = ""
    }

    static let commands = ["cat", "echo", "false", "hostname", "ls", "pwd", "true", "uname", "whoami"]

    let server: SimulatedServer

    func run(_ command: [String], given: String) -> Answer {
        let words = Array(command.dropFirst())
        switch command[0].split(separator: "/").last.map(String.init) ?? "" {
        case "cat": return cat(words, given: given)
        case "echo": return Answer(output: words.joined(separator: " ") + "\n")
        case "false": return Answer(code: 1)
        case "hostname": return Answer(output: "\(server.hostname)\n")
        case "ls": return list(words.first { !$0.hasPrefix("-") } ?? "/")
        case "pwd": return Answer(output: "/\n")
        case "true": return Answer()
        case "uname": return Answer(output: words.contains("-a") ? "Linux \(server.hostname) simulated\n" : "Linux\n")
        case "whoami": return Answer(output: "root\n")
        default:
            let known = Self.commands.joined(separator: ", ")
            return Answer(
                code: 127,
                complaint: "\(command[0]): this server is simulated and runs no programs. It knows: \(known).\n")
        }
    }

    private func cat(_ paths: [String], given: String) -> Answer {
        var answer = Answer()
        for path in paths.isEmpty ? ["-"] : paths {
            if path == "-" { answer.output += given; continue }
            guard let name = ServerDisk.path(path), let file = server.disk.files[name] else {
                answer.code = 1
                answer.complaint += "cat: \(path): No such file or directory\n"
                continue
            }
            answer.output += String(decoding: file.content, as: UTF8.self)
        }
        return answer
    }

    private func list(_ path: String) -> Answer {
        guard let name = ServerDisk.path(path), server.disk.isFolder(name) else {
            if let name = ServerDisk.path(path), server.disk.files[name] != nil { return Answer(output: "\(path)\n") }
            return Answer(code: 2, complaint: "ls: cannot access '\(path)': No such file or directory\n")
        }
        return Answer(output: server.disk.names(in: name).map { "\($0)\n" }.joined())
    }
}
