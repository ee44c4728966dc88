import Domain

/// What is known of one effect.
struct TokenRecord: Codable, Equatable {
    /// What came of it, without secrets: they are told once.
    enum Outcome: Codable, Equatable {
        case succeeded(ResourceRef, outputs: JSONValue)
        case failed(code: String, message: String)
    }

    /// What keeps an outcome from being seen yet, and for how many more lookups.
    struct Veil: Codable, Equatable {
        enum Kind: String, Codable {
            case slow, person, silent
        }

        var kind: Kind
        var lookups: Int

        var lifted: Veil? { lookups > 1 ? Veil(kind: kind, lookups: lookups - 1) : nil }
    }

    var outcome: Outcome?
    var veil: Veil?
    var attempts = 0

    static func row(_ token: OperationToken) -> String { "token/\(token.text)" }

    /// What is answered to whoever asks for the effect again; nil if it has not come about.
    var answer: ProvisionOutcome? {
        guard let outcome else { return nil }
        return hidden ?? outcome.seen
    }

    var lookup: ProvisionLookup {
        guard let outcome else { return .absent }
        if veil?.kind == .silent { return .unknown }
        return .found(hidden ?? outcome.seen)
    }

    private var hidden: ProvisionOutcome? {
        switch veil?.kind {
        case .slow: return .pending(pollAfterMilliseconds: 50, reason: "It is being prepared.")
        case .person:
            return .actionRequired([
                "kind": "confirmation", "message": "The registrant has to confirm an address by mail.",
            ])
        case .silent, nil: return nil
        }
    }
}

extension TokenRecord {
    /// Brings the effect about, with what goes wrong meanwhile.
    mutating func settle(
        on resource: ResourceRef, _ fault: Fault?, in simulation: Simulation,
        _ effect: (Simulation) throws -> Effect
    ) throws -> ProvisionOutcome {
        switch fault {
        case .noEffect where attempts == 1: return .unknown("Nobody answered.")
        case .failure:
            outcome = .failed(code: "provider_refused", message: "The provider refused it.")
            return answer ?? .unknown("")
        default: break
        }
        var secrets = JSONValue.null
        do {
            let change = try effect(simulation)
            try simulation.apply(change)
            outcome = .succeeded(resource, outputs: change.outputs)
            secrets = change.secrets
            veil = fault?.veil
        } catch let refusal as Refusal where refusal.code != nil {
            // Recorded as well: the same call, late and once more, must not succeed after it was said to have failed.
            outcome = .failed(code: refusal.code ?? "invalid_input", message: refusal.message)
        }
        if veil?.kind == .silent { return .unknown("The answer did not come.") }
        guard case .succeeded(let resource, let outputs, _)? = answer else { return answer ?? .unknown("") }
        return .succeeded(resource, outputs: outputs, secrets: secrets)
    }
}

extension TokenRecord.Outcome {
    fileprivate var seen: ProvisionOutcome {
        switch self {
        case .succeeded(let resource, let outputs): return .succeeded(resource, outputs: outputs)
        case .failed(let code, let message): return .failed(code: code, message: message, isDefinite: true)
        }
    }
}
