import Domain

/// The secret an upstream is asked with. Whatever describes it shows nothing of it.
struct UpstreamKey: Sendable, CustomStringConvertible {
    let secret: String

    var description: String { "[key]" }

    /// `nil` where the settings name no variable.
    static func read(_ settings: UpstreamSettings, _ environment: [String: String]) throws(UpstreamFault) -> Self? {
        guard let variable = settings.keyVariable else { return nil }
        let secret = trimmed(environment[variable] ?? "")
        guard !secret.isEmpty else {
            throw UpstreamFault(settings.name, "has no key: the server's environment has no \(variable).")
        }
        guard secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw UpstreamFault(settings.name, "cannot be asked: \(variable) holds characters that no key has.")
        }
        return Self(secret: secret)
    }

    /// The text with every occurrence of the secret replaced.
    func hidden(in text: String) -> String {
        text.replacing(secret, with: description)
    }

    /// Variables filled from files often end in a line end.
    private static func trimmed(_ text: String) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
