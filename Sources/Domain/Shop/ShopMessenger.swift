package import Logging
import Synchronization

/// Tells owners what happens in their shops: each webhook in the order of the events, each event at least once and
/// always under the same id.
///
/// Looking for news is only reading. A webhook that has some is taken for a time; whoever dies over it leaves it to be
/// told again.
package final class ShopMessenger: Sendable {
    /// Between two looks at what is new.
    private static let interval = Duration.seconds(1)
    /// Webhooks that a server tells at a time: in all, and of one account, so that nobody takes every place.
    private static let atOnce = 16
    private static let ofAccount = 4
    private static let page = 100

    let store: any Store
    let world: World
    let limits: Limits
    let master: MasterKey
    let outbound: any Outbound
    let logger: Logger
    private let bell: Bell
    /// What is being told, and whose it is.
    private let underWay = Mutex<[ID: ID]>([:])

    package init(
        store: any Store, world: World, limits: Limits, master: MasterKey, outbound: any Outbound, logger: Logger
    ) {
        self.store = store
        self.world = world
        self.limits = limits
        self.master = master
        self.outbound = outbound
        self.logger = logger
        bell = Bell(world)
    }

    /// Tells until canceled.
    package func work() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    for webhook in try await withNews() where begin(webhook) {
                        group.addTask { await self.carry(webhook) }
                    }
                } catch {
                    logger.warning("Webhooks could not be looked at", metadata: ["cause": "\(error)"])
                }
                await bell.wait(atMost: Self.interval)
            }
            group.cancelAll()
        }
    }

    /// All that there is to tell now, one webhook after the other: what tests call instead of `work`.
    /// - Returns: how many webhooks had news.
    @discardableResult
    package func workOnce() async throws -> Int {
        let webhooks = try await withNews()
        for webhook in webhooks { await tell(webhook) }
        return webhooks.count
    }

    private func carry(_ webhook: ShopWebhook) async {
        await tell(webhook)
        underWay.withLock { $0[webhook.id] = nil }
        // There may be more to tell, and somebody may wait for the place.
        if !Task.isCancelled { bell.ring() }
    }

    private func begin(_ webhook: ShopWebhook) -> Bool {
        underWay.withLock { underWay in
            guard underWay[webhook.id] == nil, underWay.count < Self.atOnce else { return false }
            guard underWay.values.count(where: { $0 == webhook.account }) < Self.ofAccount else { return false }
            underWay[webhook.id] = webhook.account
            return true
        }
    }

    /// Those that nobody tells, and that have not heard of their account's newest event; longest waiting first.
    private func withNews() async throws -> [ShopWebhook] {
        let now = world.now()
        var found: [ShopWebhook] = []
        var last: ID?
        repeat {
            var page = RecordPage(account: nil)
            (page.shelves, page.newestFirst) = ([ShopWebhook.State.active.rawValue], false)
            (page.after, page.limit) = (last, Self.page)
            let wanted = page
            let (webhooks, news) = try await store.read { rows in
                let webhooks = try rows.list(ShopWebhook.self, wanted)
                var newest: [ID: Int64] = [:]
                for account in Set(webhooks.map(\.account)) {
                    newest[account] = try rows.bookHead(of: account).eventSequence
                }
                return (webhooks, webhooks.filter { $0.after < newest[$0.account] ?? 0 })
            }
            found += news.filter { $0.dueAt.map { $0 <= now } ?? true }
            last = webhooks.count == Self.page ? webhooks.last?.id : nil
        } while last != nil
        return found.sorted { ($0.dueAt ?? now) < ($1.dueAt ?? now) }
    }
}
