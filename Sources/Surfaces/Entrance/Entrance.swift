package import Domain
package import Hummingbird
import Logging

/// What every door shares: the router with its middleware, the dialects behind it, and the operator's doors.
package struct Entrance {
    /// What dialects are built from.
    package struct Furniture: Sendable {
        package var runs: Runs
        package var files: Files
        package var conversations: Conversations
        package var clients: Clients
        package var keys: APIKeys
        package var directory: Directory
        package var tokens: AccessTokens
        package var limits: Limits
        package var world: World
        package var publicURL: String
        package var openStreams: OpenStreams
        package var links: Links
        package var outbound: any Outbound
        package var knowledge: Knowledge
        package var uploads: Uploads
        package var rates: Rates
        package var shop: Shop
        package var agentKeys: AgentKeys
        package var ownerKeys: OwnerKeys
        package var routerKeys: RouterKeys
        package var modelRouter: ModelRouter
        package var webhooks: ShopWebhooks
        /// Counted together, at whichever door a secret is guessed.
        let failures: TokenFailures

        package init(
            runs: Runs, files: Files, conversations: Conversations, clients: Clients, keys: APIKeys,
            directory: Directory, tokens: AccessTokens, limits: Limits, world: World, publicURL: String,
            openStreams: OpenStreams, links: Links, outbound: any Outbound, knowledge: Knowledge, uploads: Uploads,
            rates: Rates, shop: Shop, agentKeys: AgentKeys, ownerKeys: OwnerKeys, routerKeys: RouterKeys,
            modelRouter: ModelRouter, webhooks: ShopWebhooks
        ) {
            self.runs = runs
            self.files = files
            self.conversations = conversations
            self.clients = clients
            self.keys = keys
            self.directory = directory
            self.tokens = tokens
            self.limits = limits
            self.world = world
            self.publicURL = publicURL
            self.openStreams = openStreams
            self.links = links
            self.outbound = outbound
            self.knowledge = knowledge
            self.uploads = uploads
            self.rates = rates
            self.shop = shop
            self.agentKeys = agentKeys
            self.ownerKeys = ownerKeys
            self.routerKeys = routerKeys
            self.modelRouter = modelRouter
            self.webhooks = webhooks
            failures = TokenFailures(perMinute: limits.tokenFailuresPerMinute, world: world)
        }

        var streams: RunStream {
            RunStream(runs: runs, limits: limits, world: world, open: openStreams)
        }

        var answers: WholeAnswer { WholeAnswer(runs: runs) }
        var bearer: BearerDoor { BearerDoor(tokens: tokens) }
        var receipts: Receipts { Receipts(tokens: tokens) }
        var front: Shopfront {
            Shopfront(
                shop: shop, routerKeys: routerKeys, modelRouter: modelRouter, agentKeys: agentKeys,
                webhooks: webhooks, directory: directory, receipts: receipts, publicURL: publicURL)
        }
        var gate: RateGate { RateGate(rates: rates) }
        var desk: TokenDesk { TokenDesk(clients: clients, tokens: tokens, failures: failures) }
    }

    private let dialects: [any Dialect]
    private let operations: Operations
    private let world: World

    package init(dialects: [any Dialect], operations: Operations, world: World) {
        self.dialects = dialects
        self.operations = operations
        self.world = world
    }

    package func responder() -> some HTTPResponder<DoorContext> {
        let doors = Doors()
        doors.router.addMiddleware {
            RequestLog(world: world)
            Refusing(dialects: dialects)
        }
        operations.open(doors)
        for dialect in dialects { dialect.open(doors) }
        doors.close()
        return doors.router.buildResponder()
    }
}
