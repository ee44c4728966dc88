import Domain
import Ledger
import Wire

/// Letters that are the same in everything the shop tells.
enum Render {
    static let currency: JSON = "usd"

    static func minor(_ money: Money) -> JSON { .integer(money.minor) }

    /// Where money has parts of a cent: `costMicros`, in millionths of a dollar.
    static func micros(_ money: Money) -> JSON { .integer(money.micros) }

    static func text(_ text: String?) -> JSON? { text.map { .string($0) } }
    static func id(_ id: ID?) -> JSON? { id.map { .string($0.uuid) } }
    static func moment(_ moment: Timestamp?) -> JSON? { moment.map { .string($0.iso8601) } }
    static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }

    /// nil for what says nothing.
    static func value(_ value: JSONValue) -> JSON? {
        guard value != .null else { return .none }
        return JSON(value)
    }

    /// A list under its name, with where it goes on.
    static func list(_ name: String, _ elements: [JSON], next: String?) -> JSON {
        var object: JSON.Object = [name: .array(elements)]
        object["nextCursor"] = text(next)
        return .object(object)
    }

    /// What something will cost again.
    static func recurring(_ amount: Money?, months: Int?) -> JSON? {
        guard let amount else { return nil }
        var object: JSON.Object = ["amountMinor": minor(amount), "currency": currency]
        object["periodMonths"] = months.map { .integer(Int64($0)) }
        return .object(object)
    }
}
