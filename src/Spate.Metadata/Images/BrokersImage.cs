using System.Collections.Immutable;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>The brokers that have registered, fenced ones among them, by their ids. Immutable.</summary>
public sealed class BrokersImage
{
    private BrokersImage(ImmutableSortedDictionary<int, BrokerImage> byId) => ById = byId;

    public static BrokersImage Empty { get; } = new(ImmutableSortedDictionary<int, BrokerImage>.Empty);

    public ImmutableSortedDictionary<int, BrokerImage> ById { get; }

    /// <summary>The broker of an id, or null when none has registered.</summary>
    public BrokerImage? Find(int id) => ById.GetValueOrDefault(id);

    internal BrokersImage With(RegisterBrokerRecord record) => Find(record.BrokerId) is { } before && before.Epoch >= record.BrokerEpoch
        ? throw new InvalidOperationException($"The metadata log registers broker {record.BrokerId} in epoch {record.BrokerEpoch} after epoch {before.Epoch}.")
        : With(BrokerImage.From(record));

    internal BrokersImage With(BrokerRegistrationChangeRecord record) => With(Expect(record.BrokerId, record.BrokerEpoch).With(record));

    internal BrokersImage With(FenceBrokerRecord record) => With(Expect(record.Id, record.Epoch) with { IsFenced = true });

    internal BrokersImage With(UnfenceBrokerRecord record) => With(Expect(record.Id, record.Epoch) with { IsFenced = false });

    internal BrokersImage Without(UnregisterBrokerRecord record) => new(ById.Remove(Expect(record.BrokerId, record.BrokerEpoch).Id));

    internal IEnumerable<IMetadataRecord> ToRecords() => ById.Values.Select(broker => broker.ToRecord());

    private BrokersImage With(BrokerImage broker) => new(ById.SetItem(broker.Id, broker));

    private BrokerImage Expect(int id, long epoch) => Find(id) is { } broker && broker.Epoch == epoch
        ? broker
        : throw new InvalidOperationException($"The metadata log changes broker {id} of epoch {epoch}, and the one it knows has {(Find(id) is { } other ? $"epoch {other.Epoch}" : "never registered")}.");
}
