/// A model as the router sells it: what clients call it, where it is asked, and what it costs.
package struct RouterModel: Sendable, Equatable {
    package static let usualOutputTokens = 4096

    package var name: String
    /// The upstream that has it, by its name.
    package var upstream: String
    /// What that upstream calls it.
    package var model: String
    package var prices: ModelPrice
    /// What an answer has at most, and where a request says nothing of it.
    package var maxOutputTokens = usualOutputTokens
    /// What an image counts at most; nil where nobody knows, and images are refused.
    package var imageTokens: Int?
    /// What a prompt has at most beside what the client wrote: the words that a model's server puts around it.
    package var overheadTokens = 256

    package init(name: String, upstream: String, model: String, prices: ModelPrice) {
        self.name = name
        self.upstream = upstream
        self.model = model
        self.prices = prices
    }
}

extension RouterModel {
    /// No model, and clearly no intelligence: it says again what it was told, priced and counted like any other.
    package static let echo = RouterModel(
        name: "sim/echo", upstream: UpstreamSettings.echo.name, model: "echo",
        prices: ModelPrice(input: 1_000_000, output: 2_000_000))

    package var isSimulated: Bool { upstream == UpstreamSettings.echo.name }
}

/// The models that the router sells: those of the configuration, or the echo where there are none. What is bought with
/// play money is answered by the echo alone.
package struct RouterModels: Sendable, Equatable {
    private let configured: [RouterModel]

    package init(_ configured: [RouterModel]) {
        self.configured = configured
    }

    package func models(isTest: Bool) -> [RouterModel] {
        isTest || configured.isEmpty ? [.echo] : configured
    }

    /// Those that a key may ask.
    package func models(for key: RouterKey) -> [RouterModel] {
        models(isTest: key.isTest).filter { key.allowedModels?.contains($0.name) ?? true }
    }

    /// - Throws: `notFound` for one that is not sold, `forbidden` for one that the key may not ask.
    package func model(named name: String, for key: RouterKey) throws(Refusal) -> RouterModel {
        guard let model = models(isTest: key.isTest).first(where: { $0.name == name }) else {
            throw Refusal(.notFound, "There is no model “\(name)”.", field: "model", code: "model_not_found")
        }
        guard key.allowedModels?.contains(name) ?? true else {
            throw Refusal(.forbidden, "This key may not ask “\(name)”.", field: "model", code: "model_not_allowed")
        }
        return model
    }
}
