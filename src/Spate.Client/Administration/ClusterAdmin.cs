using Spate.Client.Administration.Calls;
using Spate.Client.Connections;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>Looks after the cluster as a whole. Safe for use by several threads at once; <see cref="Admin"/> says what holds for all calls.</summary>
public sealed class ClusterAdmin
{
    private const short FirstDescriptionWithFenced = 2;
    private const short FirstVersionsWithFeatures = 3;
    private const short FirstUpdateByKind = 1;

    private readonly AdminCalls _calls;

    internal ClusterAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>The cluster and its brokers (DescribeCluster, KIP-700; Metadata where the broker is older than Kafka 2.8).</summary>
    /// <param name="includeFenced">Tells of brokers as well that are kept from serving (KIP-1073): DescribeCluster version 2.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked, or it refused, or it is too old.</exception>
    public Task<ClusterDescription> DescribeAsync(bool includeFenced = false, CancellationToken cancellationToken = default) => _calls.RetryAsync(
        nameof(ApiKey.DescribeCluster),
        async token =>
        {
            var node = await _calls.Routes.AnyAsync(token).ConfigureAwait(false);
            if (!includeFenced && !await _calls.OffersAsync(node, ApiKey.DescribeCluster, token).ConfigureAwait(false))
            {
                return await DescribeByMetadataAsync(node, token).ConfigureAwait(false);
            }

            var version = await _calls.VersionAsync(node, ApiKey.DescribeCluster, token, includeFenced ? FirstDescriptionWithFenced : (short)0, "fenced brokers").ConfigureAwait(false);
            using var reply = await _calls.AskAsync(node, new DescribeClusterRequest { IncludeFencedBrokers = includeFenced, IncludeClusterAuthorizedOperations = true }, token, version).ConfigureAwait(false);
            var message = reply.Message;
            new Answers(ApiKey.DescribeCluster, _calls.NameOf(node)).ThrowIfFailed(message.ErrorCode, said: message.ErrorMessage);
            return new ClusterDescription(message.ClusterId, message.ControllerId >= 0 ? message.ControllerId : null, [
                .. message.Brokers.OrderBy(static broker => broker.BrokerId).Select(static broker =>
                    new BrokerDescription(broker.BrokerId, new ServerAddress(broker.Host, broker.Port), broker.Rack) { IsFenced = broker.IsFenced }),
            ])
            {
                AuthorizedOperations = AuthorizedOperations.Read(message.ClusterAuthorizedOperations),
            };
        },
        cancellationToken);

    /// <summary>
    /// The brokers with the addresses that the cluster tells clients to go to (Metadata), asked anew and, while none of those answers, at the bootstrap servers: for those who want to know
    /// why a client gets no further than that.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No bootstrap server could be asked.</exception>
    public async Task<ClusterDescription> DescribeAdvertisedAsync(CancellationToken cancellationToken = default)
    {
        var known = await _calls.Cluster.Metadata.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return new ClusterDescription(known.ClusterId, known.ControllerId >= 0 ? known.ControllerId : null, [
            .. known.Nodes.Values.OrderBy(static node => node.Id).Select(static node => new BrokerDescription(node.Id, node.Address, node.Rack)),
        ]);
    }

    /// <summary>The features of the cluster and of one broker (KIP-584), told in ApiVersions version 3: brokers since Kafka 2.7.</summary>
    /// <param name="broker">Whose features; null, the default, for those of any broker.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">The broker could not be asked, or is too old.</exception>
    public Task<FeatureDescription> DescribeFeaturesAsync(int? broker = null, CancellationToken cancellationToken = default) => _calls.RetryAsync(
        "DescribeFeatures",
        async token =>
        {
            var node = broker ?? await _calls.Routes.AnyAsync(token).ConfigureAwait(false);
            var version = await _calls.VersionAsync(node, ApiKey.ApiVersions, token, FirstVersionsWithFeatures, "a description of features").ConfigureAwait(false);
            using var reply = await _calls.AskAsync(node, ApiVersionNegotiation.NewRequest(), token, version).ConfigureAwait(false);
            var message = reply.Message;
            new Answers(ApiKey.ApiVersions, _calls.NameOf(node)).ThrowIfFailed(message.ErrorCode);
            return new FeatureDescription(
                message.FinalizedFeatures.ToResults(static feature => feature.Name, static feature => new FeatureLevels(feature.MinVersionLevel, feature.MaxVersionLevel)),
                message.FinalizedFeaturesEpoch >= 0 ? message.FinalizedFeaturesEpoch : null,
                message.SupportedFeatures.ToResults(static feature => feature.Name, static feature => new FeatureLevels(feature.MinVersion, feature.MaxVersion)));
        },
        cancellationToken);

    /// <summary>The APIs that one broker offers, with the versions that it knows of each (ApiVersions, KIP-35): what the broker says, whether or not this client knows them too.</summary>
    /// <param name="broker">Which broker; null, the default, for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each API, by its number in the protocol, its lowest and its highest version.</returns>
    /// <exception cref="KafkaException">The broker could not be asked.</exception>
    public Task<IReadOnlyDictionary<short, ApiVersionRange>> DescribeApiVersionsAsync(int? broker = null, CancellationToken cancellationToken = default) => _calls.RetryAsync(
        "DescribeApiVersions",
        async token =>
        {
            var node = broker ?? await _calls.Routes.AnyAsync(token).ConfigureAwait(false);
            using var reply = await _calls.AskAsync(node, ApiVersionNegotiation.NewRequest(), token).ConfigureAwait(false);
            new Answers(ApiKey.ApiVersions, _calls.NameOf(node)).ThrowIfFailed(reply.Message.ErrorCode);
            return reply.Message.ApiKeys.ToResults(static api => api.ApiKey, static api => new ApiVersionRange(api.MinVersion, api.MaxVersion));
        },
        cancellationToken);

    /// <summary>Raises or lowers features (UpdateFeatures, KIP-584).</summary>
    /// <param name="updates">The level of each, by its name.</param>
    /// <param name="validateOnly">Checks everything and changes nothing: UpdateFeatures version 1.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each feature whether it has its level now. A broker of Kafka 4.0 or newer does all of them or none, and each has the same result.</returns>
    /// <exception cref="ArgumentException">A feature has no name, or a level is negative.</exception>
    /// <exception cref="KafkaException">No broker could be asked, or it is too old.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult>> UpdateFeaturesAsync(
        IReadOnlyDictionary<string, FeatureUpdate> updates, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        foreach (var (feature, update) in updates)
        {
            ArgumentException.ThrowIfNullOrEmpty(feature, nameof(updates));
            ArgumentOutOfRangeException.ThrowIfNegative(update.Level, nameof(updates));
        }

        return new ItemCall<string, AdminResult>(_calls, ApiKey.UpdateFeatures)
        {
            Route = (features, token) => AdminRoutes.ToOneAsync(features, _calls.Routes.ControllerAsync(token)),
            Again = RetryRules.NotDecided,
            Ask = (node, features, token) => UpdateAsync(node, features, updates, validateOnly, token),
        }.RunAsync(updates.Keys, cancellationToken);
    }

    /// <summary>Forgets a broker that is gone for good (UnregisterBroker, KIP-500): clusters with KRaft, since Kafka 2.8.</summary>
    /// <param name="broker">Its id; it must not be running.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">The cluster refused, or could not be asked.</exception>
    public Task UnregisterBrokerAsync(int broker, CancellationToken cancellationToken = default) => _calls.RetryAsync(
        nameof(ApiKey.UnregisterBroker),
        async token =>
        {
            var node = await _calls.Routes.ControllerAsync(token).ConfigureAwait(false);
            using var reply = await _calls.AskAsync(node, new UnregisterBrokerRequest { BrokerId = broker }, token).ConfigureAwait(false);
            new Answers(ApiKey.UnregisterBroker, _calls.NameOf(node)).ThrowIfFailed(reply.Message.ErrorCode, $"broker {broker}", reply.Message.ErrorMessage);
            return true;
        },
        cancellationToken);

    private async Task<ClusterDescription> DescribeByMetadataAsync(int node, CancellationToken cancellationToken)
    {
        using var reply = await _calls.AskAsync(node, new MetadataRequest { Topics = [] }, cancellationToken).ConfigureAwait(false);
        var message = reply.Message;
        return new ClusterDescription(message.ClusterId, message.ControllerId >= 0 ? message.ControllerId : null, [
            .. message.Brokers.OrderBy(static broker => broker.NodeId).Select(static broker => new BrokerDescription(broker.NodeId, new ServerAddress(broker.Host, broker.Port), broker.Rack)),
        ]);
    }

    private async Task<IReadOnlyDictionary<string, AdminResult>> UpdateAsync(
        int node, IReadOnlyList<string> features, IReadOnlyDictionary<string, FeatureUpdate> updates, bool validateOnly, CancellationToken cancellationToken)
    {
        var version = await _calls.VersionAsync(node, ApiKey.UpdateFeatures, cancellationToken, validateOnly ? FirstUpdateByKind : (short)0, "a trial of an update").ConfigureAwait(false);
        var request = new UpdateFeaturesRequest
        {
            TimeoutMs = _calls.TimeoutMs,
            ValidateOnly = validateOnly,
            FeatureUpdates =
            [
                .. features.Select(feature => new UpdateFeaturesRequest.FeatureUpdateKey
                {
                    Feature = feature,
                    MaxVersionLevel = updates[feature].Level,
                    AllowDowngrade = version < FirstUpdateByKind && updates[feature].Kind != FeatureUpdateKind.Upgrade,
                    UpgradeType = (sbyte)(version < FirstUpdateByKind ? FeatureUpdateKind.Upgrade : updates[feature].Kind),
                }),
            ],
        };
        using var reply = await _calls.AskAsync(node, request, cancellationToken, version).ConfigureAwait(false);
        var (answers, message) = (new Answers(ApiKey.UpdateFeatures, _calls.NameOf(node)), reply.Message);
        var told = message.Results.ToResults(static result => result.Feature, static result => result);

        // What is said about all of them counts for each that nothing else is said about.
        return features.ToResults(static feature => feature, feature => message.ErrorCode == ErrorCode.None && told.TryGetValue(feature, out var result)
            ? answers.Of(result.ErrorCode, $"feature '{feature}'", result.ErrorMessage)
            : answers.Of(message.ErrorCode, $"feature '{feature}'", message.ErrorMessage));
    }
}
