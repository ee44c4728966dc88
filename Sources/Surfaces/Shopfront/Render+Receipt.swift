import Domain
import Ledger
import Wire

/// What a receipt says: facts that never change.
extension Render {
    /// - Parameter issuer: who signs it, by the address that their keys are found from.
    static func claims(_ receipt: Receipt, issuer: String) -> JSONValue {
        let purchase = receipt.purchase
        let lines: [JSONValue] = purchase.quote.price.lines.map {
            ["description": .string($0.text), "amountMinor": .integer($0.amount.minor)]
        }
        return [
            "iss": .string(issuer), "sub": .string("purchase:\(purchase.id.uuid)"), "jti": .string(purchase.id.uuid),
            "iat": .integer(receipt.completedAt.seconds), "account": .string(receipt.accountName),
            "receipt": [
                "purchaseId": .string(purchase.id.uuid), "quoteId": .string(purchase.quote.id.uuid),
                "quoteHash": .string(purchase.quote.hash), "catalogItemId": .string(purchase.quote.item.id),
                "sku": .string(purchase.quote.item.sku), "displayName": .string(purchase.quote.item.name),
                "category": .string(purchase.quote.item.category),
                "quantity": .integer(Int64(purchase.quote.quantity)),
                "configuration": purchase.quote.configuration, "lines": .array(lines),
                "totalPriceMinor": .integer(purchase.total.minor), "currency": "usd",
                "serviceId": .string(purchase.service.uuid), "reality": .string(purchase.quote.reality.rawValue),
                "actor": .string(purchase.actor), "testMode": .bool(purchase.isTest),
                "createdAt": .string(purchase.createdAt.iso8601),
                "completedAt": .string(receipt.completedAt.iso8601),
                "ledgerSeq": .integer(receipt.ledgerSequence), "ledgerHash": .string(receipt.ledgerHash),
            ],
        ]
    }
}
