import Domain
import NIOCore
import Outbound
import Upstreams

/// What the house asks of others: through the guard, and for its callbacks.
extension House {
    /// - Throws: `invalid` where the config names half of an object store.
    func outbound(group: any EventLoopGroup) throws(Refusal) -> GuardedClient {
        GuardedClient(
            group: group, allow: settings.outbound.allow.compactMap { AddressRange(parsing: $0) },
            certificateFile: Trust.file(environment), store: try objects())
    }

    private func objects() throws(Refusal) -> S3Signature? {
        let store = settings.objects
        guard let endpoint = store.endpoint else { return nil }
        guard let key = store.accessKeyID, let variable = store.secretKeyVariable else {
            throw .invalid("s3", "s3.endpoint needs s3.access_key_id and s3.secret_key_env beside it.")
        }
        guard let secret = environment[variable], !secret.isEmpty else {
            throw .invalid(
                "s3.secret_key_env", "The environment variable \(variable) of s3.secret_key_env is not set.")
        }
        return S3Signature(endpoint: endpoint, region: store.region, accessKeyID: key, secretAccessKey: secret)
    }

    func courier(
        outbound: any Outbound, runs: Runs, body: @escaping @Sendable (Run) async throws -> [UInt8]
    ) -> Courier {
        Courier(
            store: store, world: world, limits: limits, keys: keys, outbound: outbound, bell: runs.callbackBell,
            logger: logger, body: body)
    }

    func webhooks(outbound: any Outbound) -> ShopWebhooks {
        ShopWebhooks(store: store, world: world, master: master, outbound: outbound)
    }

    func messenger(outbound: any Outbound) -> ShopMessenger {
        ShopMessenger(
            store: store, world: world, limits: limits, master: master, outbound: outbound, logger: logger)
    }
}
