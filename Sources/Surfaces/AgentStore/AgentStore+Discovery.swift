import Domain
import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// What the store tells of itself to whoever asks.
extension AgentStore {
    func describe(_ request: Request, _ context: DoorContext) async throws -> Response {
        let url = front.publicURL
        return Self.published([
            "name": "Rialto agent store", "apiBaseUrl": .string(url + Self.agentBase),
            "routerBaseUrl": .string(url + "/openai/v1"), "openapi": .string(url + Self.documentPaths[1]),
            "llms": .string(url + Self.documentPaths[2]), "currency": Render.currency,
            "authentication": [
                "type": "bearer", "agentKey": "ask_live_<id>.<secret>", "testKey": "ask_test_<id>.<secret>",
            ],
            "receipts": [
                "format": "JWS", "algorithm": "RS256", "type": .string(Receipts.type),
                "issuer": .string(front.receipts.issuer), "jwks": .string(url + "/.well-known/jwks.json"),
            ],
            "tools": .array(
                Tool.all.map { tool in
                    [
                        "name": .string(tool.name), "toolset": .string(tool.group.rawValue),
                        "summary": .string(tool.summary),
                    ]
                }),
        ])
    }

    func describeDoors(_ request: Request, _ context: DoorContext) async throws -> Response {
        Self.published(Self.openAPI(at: front.publicURL))
    }

    func explain(_ request: Request, _ context: DoorContext) async throws -> Response {
        var response = Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: Self.words(at: front.publicURL))))
        response.headers[.cacheControl] = "public, max-age=60"
        return response
    }

    private static func published(_ json: JSON) -> Response {
        var response = Response(json)
        response.headers[.cacheControl] = "public, max-age=60"
        return response
    }

    /// For models, in Markdown: https://llmstxt.org
    private static func words(at url: String) -> String {
        let routes = agentRoutes.compactMap { route in
            tool(route).map { "- `\(route.method.rawValue) \(route.path)` (\($0.name)): \($0.summary)" }
        }
        return """
            # Rialto agent store

            > Agents buy what they need here, within limits that their owner has set: domains, servers, storage, \
            phone numbers, credits for models. Money is in cents (`…Minor`), in US dollars.

            Every request bears an agent key: `Authorization: Bearer ask_live_<id>.<secret>`. Base: \(url)\(agentBase)

            ## How to buy

            1. `GET /catalog/categories`, then `GET /catalog/items?category=…&q=…`
            2. `GET /catalog/items/{catalogItemId}/checkout`: what must be configured, with a schema and an example
            3. `POST /quotes`: a price that holds for a while
            4. `POST /purchases` with the quoteId and an idempotencyKey: send the same key again whenever you repeat \
            the same call
            5. 201 is bought or under way, 202 waits for a person: `GET /purchases/{purchaseId}?wait=25`
            6. `GET /services/{serviceId}`, and the doors below it

            A refusal is `{"error":{"type","code","message","param","resolution","retryable","details"}}`. \
            `resolution` says who can mend it: `recoverable` you, `requires_buyer_input` and \
            `requires_buyer_review` your owner.

            ## Doors

            \(routes.joined(separator: "\n"))

            ## More

            - [OpenAPI](\(url)\(documentPaths[1])): every door with its schemas

            """
    }
}
