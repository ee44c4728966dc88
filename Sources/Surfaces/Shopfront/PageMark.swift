import Domain

/// Where a list goes on, in letters that mean nothing to whoever carries them.
enum PageMark {
    static func text(_ place: String) -> String { Secret.base64URL(Array("v1 \(place)".utf8)) }

    static func text(_ id: ID?) -> String? { id.map { text($0.uuid) } }

    /// - Throws: `invalid` for a text that is no mark.
    static func place(_ text: String) throws(Refusal) -> String {
        guard let bytes = Secret.bytes(base64URL: text), let place = String(validating: bytes, as: UTF8.self),
            place.hasPrefix("v1 "), place.utf8.count > 3
        else { throw Self.strange }
        return String(place.dropFirst(3))
    }

    private static let strange = Refusal.invalid("cursor", "cursor is not one that a list was answered with.")
}

extension ToolInput {
    private static let usualLimit = 20

    /// How many of a list are wanted.
    var limit: Int { count("limit") ?? Self.usualLimit }

    var cursor: String? {
        get throws(Refusal) { try text("cursor").map { (mark) throws(Refusal) in try PageMark.place(mark) } }
    }

    var cursorID: ID? {
        get throws(Refusal) {
            guard let place = try cursor else { return nil }
            guard let id = ID(uuid: place) else { throw .invalid("cursor", "cursor is of another list.") }
            return id
        }
    }

    var cursorNumber: Int64? {
        get throws(Refusal) {
            guard let place = try cursor else { return nil }
            guard let number = Int64(place) else { throw .invalid("cursor", "cursor is of another list.") }
            return number
        }
    }
}
