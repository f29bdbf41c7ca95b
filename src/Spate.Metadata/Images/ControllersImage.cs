using System.Collections.Immutable;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>
/// The controllers that have registered (KIP-919), by their ids. Spate's own does not register, being alone; those of a directory that Kafka
/// wrote are kept, so that a snapshot loses nothing. Immutable.
/// </summary>
public sealed class ControllersImage
{
    private ControllersImage(ImmutableSortedDictionary<int, RegisterControllerRecord> byId) => ById = byId;

    public static ControllersImage Empty { get; } = new(ImmutableSortedDictionary<int, RegisterControllerRecord>.Empty);

    /// <summary>What each of them said when it registered. The records are not to be changed.</summary>
    internal ImmutableSortedDictionary<int, RegisterControllerRecord> ById { get; }

    internal ControllersImage With(RegisterControllerRecord record) => new(ById.SetItem(record.ControllerId, record));

    internal IEnumerable<IMetadataRecord> ToRecords() => ById.Values;
}
