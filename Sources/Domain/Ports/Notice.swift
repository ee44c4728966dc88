/// A hint to the other servers on a store that there is something to read; one that is lost delays, and nothing else.
package enum Notice: Sendable, Equatable {
    /// The logs of these runs have grown.
    case grown([ID])
    /// Whoever answers this run is to cancel it.
    case cancel(ID)
    case configuration
}
