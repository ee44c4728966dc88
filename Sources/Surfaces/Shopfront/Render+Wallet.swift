import Domain
import Ledger
import Wire

/// Money, and what moved it.
extension Render {
    static func wallet(_ wallet: Shop.WalletView) -> JSON {
        [
            "balanceMinor": minor(wallet.balance), "heldMinor": minor(wallet.held),
            "availableMinor": minor(wallet.available), "spendableMinor": minor(wallet.spendable),
            "bindingConstraint": .string(wallet.bindingConstraint), "currency": currency,
            "asOfSeq": .integer(wallet.asOfSequence), "frozen": .bool(wallet.isFrozen),
            "testMode": .bool(wallet.isTest),
        ]
    }

    static func entry(_ entry: BookEntry) -> JSON { .object(line(entry)) }

    static func hold(_ entry: BookEntry, isOpen: Bool) -> JSON {
        var object = line(entry)
        object["state"] = isOpen ? "open" : "ended"
        return .object(object)
    }

    /// Money has cents where it is whole, and millionths always.
    private static func line(_ entry: BookEntry) -> JSON.Object {
        let transfer = entry.transfer
        let money = Money(micros: transfer.amount)
        var object: JSON.Object = [
            "seq": .integer(entry.sequence), "id": .string(ID(high: transfer.id.high, low: transfer.id.low).uuid),
            "type": .string(transfer.code), "kind": .string(kind(transfer.kind)),
            "debit": .string(transfer.debit.text), "credit": .string(transfer.credit.text),
        ]
        if money.isWhole { object["amountMinor"] = minor(money) }
        object["amountMicros"] = micros(money)
        object["currency"] = currency
        object["pendingId"] = id(transfer.kind.pending.map { ID(high: $0.high, low: $0.low) })
        if let subject = ID(uuid: transfer.subject) { object["subjectId"] = .string(subject.uuid) }
        object["actor"] = .string(transfer.actor)
        object["at"] = moment(Timestamp(milliseconds: transfer.at))
        return object
    }

    private static func kind(_ kind: Transfer.Kind) -> String {
        switch kind {
        case .single: "single"
        case .pending: "pending"
        case .post: "post"
        case .void: "void"
        case .expire: "expire"
        }
    }

    static func funding(_ request: FundingRequest) -> JSON {
        [
            "id": .string(request.id.uuid), "status": .string(request.status), "amountMinor": minor(request.amount),
            "currency": currency, "reason": .string(request.why), "actor": .string(request.actor),
            "testMode": .bool(request.isTest), "createdAt": .string(request.createdAt.iso8601),
        ]
    }

    static func event(_ event: ShopEvent) -> JSON {
        var object: JSON.Object = ["seq": .integer(event.sequence), "type": .string(event.type)]
        object["subjectId"] = id(event.subject)
        object["actor"] = .string(event.actor)
        object["at"] = moment(event.at)
        object["details"] = value(event.details)
        return .object(object)
    }
}
