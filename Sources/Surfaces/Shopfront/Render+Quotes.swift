import Domain
import Wire

/// Prices, and what policies say.
extension Render {
    /// As it was made: whether it was bought since then is asked of the purchase.
    static func quote(_ quote: Quote, preview: Decision? = nil) -> JSON.Object {
        var object: JSON.Object = [
            "id": .string(quote.id.uuid), "catalogItemId": .string(quote.item.id),
            "totalPriceMinor": minor(quote.price.total), "currency": currency, "displayName": .string(quote.item.name),
            "quantity": .integer(Int64(quote.quantity)), "configuration": JSON(quote.configuration),
            "managementCapabilities": texts(quote.item.capabilities),
        ]
        object["lines"] = .array(
            quote.price.lines.map { ["description": .string($0.text), "amountMinor": minor($0.amount)] })
        object["recurring"] = recurring(quote.price.recurring, months: quote.price.periodMonths)
        object["expiresAt"] = moment(quote.expiresAt)
        object["quoteHash"] = .string(quote.hash)
        object["refundPolicy"] = .string(quote.item.refundPolicy)
        object["reality"] = .string(quote.reality.rawValue)
        object["clientReference"] = text(quote.clientReference)
        object["extendsServiceId"] = id(quote.extending?.service)
        object["testMode"] = .bool(quote.isTest)
        object["createdAt"] = moment(quote.createdAt)
        object["policyPreview"] = preview.map(decision)
        return object
    }

    static func decision(_ decision: Decision) -> JSON {
        ["decision": .string(decision.outcome.word), "trace": trace(decision.trace)]
    }

    static func trace(_ trace: [PolicyTrace]) -> JSON { .array(trace.map { JSON($0.json) }) }

    static func check(_ check: Shop.PolicyCheck) -> JSON {
        var object: JSON.Object = [
            "decision": .string(check.decision.outcome.word), "trace": trace(check.decision.trace),
            "wouldSucceed": .bool(check.wouldSucceed), "totalPriceMinor": minor(check.total), "currency": currency,
        ]
        object["problem"] = check.problem.map { Fault($0).json() }
        return .object(object)
    }
}
