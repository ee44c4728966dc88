import Documents
import Domain
import Logging
import NIOPosix
import Upstreams

/// What the house knows: how documents are read, indexed and searched.
extension House {
    func pool() -> UpstreamPool {
        UpstreamPool(
            group: MultiThreadedEventLoopGroup.singleton, environment: environment, guide: Guide(), logger: logger)
    }

    /// The model by whose vectors knowledge is searched, where the config names one.
    /// - Throws: `invalid` where it names half of it.
    func embedder(_ pool: UpstreamPool) throws(Refusal) -> (any Embedder)? {
        let named = settings.embedding
        guard named.upstream != nil || named.model != nil else { return nil }
        guard let upstream = named.upstream, let model = named.model else {
            throw .invalid(
                "knowledge", "knowledge.embedding_upstream and knowledge.embedding_model need each other.")
        }
        return EmbeddingModel(model, of: upstream, pool: pool, directory: directory)
    }

    func library(_ embedder: (any Embedder)?) -> Library {
        Library(store: store, embedder: embedder, vectorBytes: limits.vectorBytes, logger: logger)
    }

    func indexer(_ embedder: (any Embedder)?, bell: Bell, logger: Logger) -> Indexer {
        Indexer(
            store: store, world: world, reader: FileReader(), embedder: embedder, bell: bell, logger: logger)
    }

    func uploads(_ knowledge: Knowledge) -> Uploads {
        Uploads(
            store: store, world: world, limits: limits, files: files, knowledge: knowledge, master: master)
    }
}
