import Domain
import Ledger
import Wire

/// The router's keys and what they have cost. Its money has parts of a cent, so it is told in millionths too.
extension Render {
    static func routerKey(_ key: RouterKey) -> JSON {
        var object: JSON.Object = [
            "id": .string(key.id.uuid), "serviceId": .string(key.service.uuid), "label": .string(key.name),
            "status": .string(key.revokedAt != nil ? "revoked" : key.isDisabled ? "disabled" : "active"),
        ]
        object["limitMinor"] = key.limit.map(minor)
        object["limitReset"] = text(key.limitReset?.rawValue)
        object["expiresAt"] = moment(key.expiresAt)
        object["allowedModels"] = key.allowedModels.map(texts)
        object["rpm"] = key.requestsPerMinute.map { .integer(Int64($0)) }
        object["tpm"] = key.tokensPerMinute.map { .integer(Int64($0)) }
        object["spentMicros"] = micros(key.spent)
        object["currency"] = currency
        object["testMode"] = .bool(key.isTest)
        object["createdAt"] = moment(key.createdAt)
        object["revokedAt"] = moment(key.revokedAt)
        object["lastUsedAt"] = moment(key.lastUsedAt)
        return .object(object)
    }

    static func usage(_ usage: RouterUsage) -> JSON {
        var object = sum(usage.total)
        object["currency"] = currency
        object["groups"] = .array(
            usage.groups.map { group in
                var object = sum(group.sum)
                object["name"] = .string(group.name)
                return .object(object)
            })
        return .object(object)
    }

    private static func sum(_ sum: RouterUsage.Sum) -> JSON.Object {
        [
            "requests": .integer(Int64(sum.requests)), "inputTokens": .integer(Int64(sum.inputTokens)),
            "outputTokens": .integer(Int64(sum.outputTokens)), "costMicros": micros(sum.cost),
            "heldMicros": micros(sum.held),
        ]
    }

    static func generation(_ generation: Generation) -> JSON {
        var object: JSON.Object = [
            "id": .string(generation.id.uuid), "serviceId": .string(generation.service.uuid),
            "routerKeyId": .string(generation.key.uuid), "model": .string(generation.model),
            "status": .string(generation.status.rawValue),
            "inputTokens": .integer(Int64(generation.inputTokens)),
            "cachedTokens": .integer(Int64(generation.cachedTokens)),
            "outputTokens": .integer(Int64(generation.outputTokens)), "estimated": .bool(generation.isEstimated),
            "costMicros": micros(generation.cost), "boundMicros": micros(generation.bound), "currency": currency,
        ]
        object["finishReason"] = text(generation.finishReason)
        object["streamed"] = .bool(generation.isStreamed)
        object["testMode"] = .bool(generation.isTest)
        object["createdAt"] = moment(generation.createdAt)
        object["endedAt"] = moment(generation.endedAt)
        return .object(object)
    }

    /// Prices are for a million tokens.
    static func model(_ model: RouterModel) -> JSON {
        var object: JSON.Object = [
            "id": .string(model.name), "inputMicrosPerMillionTokens": .integer(model.prices.input),
            "outputMicrosPerMillionTokens": .integer(model.prices.output),
        ]
        object["cachedInputMicrosPerMillionTokens"] = model.prices.cachedInput.map { .integer($0) }
        object["requestMicros"] = .integer(model.prices.request)
        object["currency"] = currency
        object["maxOutputTokens"] = .integer(Int64(model.maxOutputTokens))
        object["simulated"] = .bool(model.isSimulated)
        return .object(object)
    }
}
