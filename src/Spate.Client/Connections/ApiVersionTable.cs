using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>What one broker offers, learnt when it was connected to. Immutable.</summary>
internal sealed class ApiVersionTable
{
    private readonly Dictionary<short, (short Lowest, short Highest)> _offered = [];
    private readonly Dictionary<string, short> _features = new(StringComparer.Ordinal);
    private readonly string _broker;

    public ApiVersionTable(ApiVersionsResponse response, string broker)
    {
        _broker = broker;
        foreach (var offered in response.ApiKeys)
        {
            _offered[offered.ApiKey] = (offered.MinVersion, offered.MaxVersion);
        }

        foreach (var feature in response.FinalizedFeatures)
        {
            _features[feature.Name] = feature.MaxVersionLevel;
        }
    }

    public bool Offers(ApiKey api) => TryChoose(api, short.MaxValue, out _);

    /// <summary>The level that the cluster had a feature at when the broker was connected to (KIP-584); 0 for one that it does not know.</summary>
    public short LevelOf(string feature) => _features.GetValueOrDefault(feature);

    /// <summary>The highest version that both sides speak, but none above <paramref name="highest"/>.</summary>
    /// <exception cref="KafkaException">There is none: UNSUPPORTED_VERSION.</exception>
    public short Choose(ApiKey api, short highest = short.MaxValue)
    {
        if (TryChoose(api, highest, out var version))
        {
            return version;
        }

        var wanted = $"{ClientVersions.LowestOf(api)} to {Math.Min(highest, ClientVersions.HighestOf(api))}";
        var reason = _offered.TryGetValue((short)api, out var range)
            ? $"offers versions {range.Lowest} to {range.Highest} of {api}, and {wanted} would be needed"
            : $"does not offer {api}, of which version {wanted} would be needed";
        throw new KafkaException(
            ErrorCode.UnsupportedVersion, $"Broker {_broker} {reason}. Upgrade the broker, or do without what needs this; Spate.Client works with Kafka 2.1 and newer.")
        {
            Broker = _broker,
        };
    }

    private bool TryChoose(ApiKey api, short highest, out short version)
    {
        version = 0;
        if (!_offered.TryGetValue((short)api, out var range))
        {
            return false;
        }

        version = Math.Min(Math.Min(range.Highest, highest), ClientVersions.HighestOf(api));
        return version >= range.Lowest && version >= ClientVersions.LowestOf(api);
    }
}
