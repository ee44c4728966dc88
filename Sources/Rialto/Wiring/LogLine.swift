import Domain
import Logging
import Synchronization
import Wire

/// One event of the log, flat, and without anything that could be a secret.
struct LogLine: Sendable {
    let at: Timestamp
    let level: Logger.Level
    let message: String
    /// In the order of their names; what stood within another stands under `outer.inner`.
    let fields: [(name: String, value: String)]

    /// A name with one of these words in it may hold a secret.
    private static let hiddenWords: Set<Substring> = [
        "authorization", "secret", "token", "key", "password", "passphrase", "credential", "credentials", "cookie",
        "bearer", "jwt", "pem", "apikey", "authentication",
    ]

    init(at: Timestamp, level: Logger.Level, message: String, metadata: Logger.Metadata) {
        self.at = at
        self.level = level
        self.message = message
        fields = Self.flat(metadata).sorted { $0.name < $1.name }
    }

    private static func flat(
        _ metadata: Logger.Metadata, under outer: String = ""
    ) -> [(name: String, value: String)] {
        metadata.flatMap { name, value in
            if isSecret(name) { return [(name: outer + name, value: "[hidden]")] }
            guard case .dictionary(let inner) = value else { return [(name: outer + name, value: value.description)] }
            return flat(inner, under: "\(outer)\(name).")
        }
    }

    /// Names are few, and come again with every line.
    private static let judged = Mutex<[String: Bool]>([:])
    private static let mostJudged = 256

    static func isSecret(_ name: String) -> Bool {
        if let known = judged.withLock({ $0[name] }) { return known }
        let isSecret = soundsSecret(name)
        judged.withLock { if $0.count < mostJudged { $0[name] = isSecret } }
        return isSecret
    }

    /// `client_secret`, `X-Api-Key` and `accessToken` are, `key_overlap` is by caution; counts of `tokens` are not.
    private static func soundsSecret(_ name: String) -> Bool {
        var words = ""
        for letter in name {
            if letter.isUppercase, words.last?.isLowercase == true { words.append(" ") }
            words.append(letter.isLetter || letter.isNumber ? Character(letter.lowercased()) : " ")
        }
        return words.split(separator: " ").contains { hiddenWords.contains($0) }
    }

    /// `2026-03-14T10:30:00.000Z info Answered run=0190… status=200`
    static let text: @Sendable (LogLine) -> String = { line in
        let fields = line.fields.map { " \($0.name)=\(plain($0.value))" }.joined()
        return "\(line.at.iso8601) \(line.level.rawValue) \(oneLine(line.message))\(fields)"
    }

    /// `{"ts":"2026-03-14T10:30:00.000Z","level":"info","message":"Answered","run":"0190…"}`
    static let json: @Sendable (LogLine) -> String = { line in
        var object: JSON.Object = [
            "ts": .string(line.at.iso8601), "level": .string(line.level.rawValue), "message": .string(line.message),
        ]
        for field in line.fields {
            object[object[field.name] == nil ? field.name : field.name + "_"] = .string(field.value)
        }
        return JSON.object(object).render()
    }

    private static func plain(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { $0 > 32 && $0 != 34 && $0 != 61 && $0 != 127 } && !value.isEmpty
        return isPlain ? value : JSON.string(value).render()
    }

    /// A caller's words cannot begin a line of their own.
    private static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 32 || $0 == 127 }) else { return text }
        return String(JSON.string(text).render().dropFirst().dropLast())
    }
}
