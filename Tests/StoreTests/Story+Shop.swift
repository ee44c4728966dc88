import Domain
import Ledger

/// What the people by the harbour let their agents buy.
extension Story {
    static func record(
        _ number: UInt64, of account: Account = harbour, on shelf: String = "open", label: String = "nets",
        kind: String = "purchase"
    ) -> StoredRecord {
        StoredRecord(
            kind: kind, id: id(number), account: account.id, parent: nil, shelf: shelf, label: label, dueAt: nil,
            version: 1, body: #"{"what":"“Moby-Dick” 🐳 \u0000"}"#)
    }

    static func due(_ number: UInt64, at seconds: Int, kind: String = "purchase") -> StoredRecord {
        var record = record(number, kind: kind)
        record.dueAt = later(seconds)
        return record
    }

    static func transferID(_ number: UInt64) -> TransferID { TransferID(high: number << 32, low: .max - number) }

    static func entry(
        _ sequence: Int64, _ kind: Transfer.Kind = .single, id: UInt64? = nil, of account: Account = harbour
    ) -> BookEntry {
        let transfer = Transfer(
            id: transferID(id ?? UInt64(sequence)), debit: .wallet(account.id.uuid), credit: .revenue("nets\u{0} 🐟"),
            amount: .max - sequence, kind: kind, code: "purchase\u{0}", subject: "“\(sequence)”\u{0}",
            actor: "agent:mate\u{0}", at: morning.milliseconds + sequence)
        return BookEntry(account: account.id, sequence: sequence, transfer: transfer, hash: [0, UInt8(sequence), 255])
    }

    static func news(
        _ sequence: Int64, _ type: String = "purchase.authorized", of account: Account = harbour
    ) -> ShopEvent {
        ShopEvent(
            account: account.id, type: type, subject: sequence.isMultiple(of: 2) ? id(7) : nil,
            actor: "owner:\u{0}cli", at: later(Int(sequence)),
            details: ["why": "“storm” \u{0} 🌊", "amount": 7, "lines": [.null, true, "x"]], sequence: sequence)
    }

    static var mate: AgentKey {
        var key = AgentKey(
            id: id(81), account: harbour.id, agent: "mate\u{0} ⚓️", secretHash: [0, 255, 1],
            scopes: ["catalog:read", "wallet:read"], isTest: false, createdAt: later(4))
        key.oldSecretHash = [9, 0]
        key.oldSecretUntil = later(40)
        key.revokedAt = later(50)
        key.lastUsedAt = later(30)
        return key
    }

    static let cadet = AgentKey(
        id: id(80), account: bakery.id, agent: "cadet", secretHash: [3], scopes: [], isTest: true, createdAt: later(5))

    static let captain = OwnerKey(
        id: id(83), account: harbour.id, label: "captain\u{0}", secretHash: [0, 4], createdAt: later(6))

    static func item(_ id: String, _ name: String = "Net, mended") -> CatalogItem {
        CatalogItem(
            id: id, sku: "net", name: name, about: "Holds “cod”.\u{0} 🐟", category: "nets", serviceType: "net",
            provisioner: "quay", price: ItemPrice(unit: Money(micros: 12_340_000), periodMonths: 1),
            traits: ["mesh": 5, "knots": ["reef", .null]], capabilities: ["net:cast"])
    }
}
