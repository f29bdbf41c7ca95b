using Spate.Client.Administration.Calls;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration;

/// <summary>
/// Looks after the settings of topics, brokers, groups and subscriptions to metrics, and after the levels of loggers. What is one broker's own is asked and
/// changed at that broker. Safe for use by several threads at once; <see cref="Admin"/> says what holds for all calls.
/// </summary>
public sealed class ConfigAdmin
{
    private const short FirstDescriptionWithDocumentation = 3;
    private const short FirstListOfAllTypes = 1;

    private readonly AdminCalls _calls;

    internal ConfigAdmin(AdminCalls calls) => _calls = calls;

    /// <summary>Settings as they stand (DescribeConfigs).</summary>
    /// <param name="resources">Whose settings.</param>
    /// <param name="options">What to tell beyond values; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>For each of them its settings by their keys.</returns>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<ConfigResource, AdminResult<IReadOnlyDictionary<string, ConfigEntry>>>> DescribeAsync(
        IReadOnlyCollection<ConfigResource> resources, DescribeConfigsOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resources);
        options ??= new DescribeConfigsOptions();
        return Call<AdminResult<IReadOnlyDictionary<string, ConfigEntry>>>(ApiKey.DescribeConfigs, async (node, wanted, token) =>
        {
            var request = new DescribeConfigsRequest
            {
                IncludeSynonyms = options.IncludeSynonyms,
                IncludeDocumentation = options.IncludeDocumentation,
                Resources = [.. wanted.Select(static resource => new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, ConfigurationKeys = null })],
            };
            var version = await _calls.VersionAsync(
                node, ApiKey.DescribeConfigs, token, options.IncludeDocumentation ? FirstDescriptionWithDocumentation : (short)0, "what settings are for").ConfigureAwait(false);
            using var reply = await _calls.AskAsync(node, request, token, version).ConfigureAwait(false);
            var answers = new Answers(ApiKey.DescribeConfigs, _calls.NameOf(node));
            return reply.Message.Results.ToResults(
                static result => new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName),
                result => answers.Of(Entries(result, version), result.ErrorCode, Subject(result.ResourceName), result.ErrorMessage));
        }).RunAsync(resources, cancellationToken);
    }

    /// <summary>Changes settings; those that are not named stay as they are (IncrementalAlterConfigs, KIP-339): brokers since Kafka 2.3.</summary>
    /// <param name="changes">The changes of each of them.</param>
    /// <param name="validateOnly">Checks everything and changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<ConfigResource, AdminResult>> AlterAsync(
        IReadOnlyDictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> changes, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return Call<AdminResult>(ApiKey.IncrementalAlterConfigs, async (node, wanted, token) =>
        {
            var request = new IncrementalAlterConfigsRequest
            {
                ValidateOnly = validateOnly,
                Resources =
                [
                    .. wanted.Select(resource => new IncrementalAlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = (sbyte)resource.Type,
                        ResourceName = resource.Name,
                        Configs = [.. changes[resource].Select(static change => new IncrementalAlterConfigsRequest.AlterableConfig { Name = change.Name, Value = change.Value, ConfigOperation = change.Operation })],
                    }),
                ],
            };
            using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
            var answers = new Answers(ApiKey.IncrementalAlterConfigs, _calls.NameOf(node));
            return reply.Message.Responses.ToResults(
                static result => new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName),
                result => answers.Of(result.ErrorCode, Subject(result.ResourceName), result.ErrorMessage));
        }).RunAsync(changes.Keys, cancellationToken);
    }

    /// <summary>
    /// Gives settings the values that are named, and all others back their defaults (AlterConfigs): for brokers before Kafka 2.3, and to make sure that nothing
    /// else is set. What was set meanwhile is lost, and so are secrets, which <see cref="DescribeAsync"/> does not tell.
    /// </summary>
    /// <param name="settings">All that shall be set for each of them, by the settings' keys.</param>
    /// <param name="validateOnly">Checks everything and changes nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked.</exception>
    public Task<IReadOnlyDictionary<ConfigResource, AdminResult>> ReplaceAsync(
        IReadOnlyDictionary<ConfigResource, IReadOnlyDictionary<string, string>> settings, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Call<AdminResult>(ApiKey.AlterConfigs, async (node, wanted, token) =>
        {
            var request = new AlterConfigsRequest
            {
                ValidateOnly = validateOnly,
                Resources =
                [
                    .. wanted.Select(resource => new AlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = (sbyte)resource.Type,
                        ResourceName = resource.Name,
                        Configs = [.. settings[resource].Select(static setting => new AlterConfigsRequest.AlterableConfig { Name = setting.Key, Value = setting.Value })],
                    }),
                ],
            };
            using var reply = await _calls.AskAsync(node, request, token).ConfigureAwait(false);
            var answers = new Answers(ApiKey.AlterConfigs, _calls.NameOf(node));
            return reply.Message.Responses.ToResults(
                static result => new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName),
                result => answers.Of(result.ErrorCode, Subject(result.ResourceName), result.ErrorMessage));
        }).RunAsync(settings.Keys, cancellationToken);
    }

    /// <summary>What there is that has settings (ListConfigResources, KIP-1142). A broker that knows version 0 only lists subscriptions to metrics alone (KIP-714).</summary>
    /// <param name="types">What to list; none for all types.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker could be asked, or it refused, or it is too old.</exception>
    public Task<IReadOnlyList<ConfigResource>> ListResourcesAsync(IReadOnlyCollection<ConfigResourceType> types, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(types);
        var isOfMetricsAlone = types.Count > 0 && types.All(static type => type == ConfigResourceType.ClientMetrics);
        return _calls.RetryAsync<IReadOnlyList<ConfigResource>>(
            nameof(ApiKey.ListConfigResources),
            async token =>
            {
                var node = await _calls.Routes.AnyAsync(token).ConfigureAwait(false);
                var version = await _calls.VersionAsync(
                    node, ApiKey.ListConfigResources, token, isOfMetricsAlone ? (short)0 : FirstListOfAllTypes, "a list of anything but subscriptions to metrics").ConfigureAwait(false);
                var request = new ListConfigResourcesRequest { ResourceTypes = version == 0 ? [] : [.. types.Select(static type => (sbyte)type)] };
                using var reply = await _calls.AskAsync(node, request, token, version).ConfigureAwait(false);
                new Answers(ApiKey.ListConfigResources, _calls.NameOf(node)).ThrowIfFailed(reply.Message.ErrorCode);
                return [.. reply.Message.ConfigResources.Select(static resource => new ConfigResource((ConfigResourceType)resource.ResourceType, resource.ResourceName))];
            },
            cancellationToken);
    }

    /// <summary>A call in which each broker is asked about what it alone knows, and any of them about the rest.</summary>
    private ItemCall<ConfigResource, TResult> Call<TResult>(
        ApiKey api, Func<int, IReadOnlyList<ConfigResource>, CancellationToken, Task<IReadOnlyDictionary<ConfigResource, TResult>>> ask)
        where TResult : struct, IAdminResult<TResult> => new(_calls, api)
        {
            Route = async (resources, token) =>
            {
                var any = resources.Any(static resource => OwnerOf(resource) is null) ? await _calls.Routes.AnyAsync(token).ConfigureAwait(false) : 0;
                return await _calls.Routes.ToNamedAsync(resources, resource => OwnerOf(resource) ?? any, token).ConfigureAwait(false);
            },
            Again = RetryRules.NotDecided,
            Ask = ask,
        };

    private static int? OwnerOf(ConfigResource resource) =>
        resource.Type is ConfigResourceType.Broker or ConfigResourceType.BrokerLogger && int.TryParse(resource.Name, out var id) ? id : null;

    private static string Subject(string resource) => resource.Length > 0 ? $"the settings of '{resource}'" : "the settings of all brokers";

    private static IReadOnlyDictionary<string, ConfigEntry> Entries(DescribeConfigsResponse.DescribeConfigsResult result, short version) =>
        result.Configs.ToResults(static entry => entry.Name, entry => new ConfigEntry(
            entry.Name,
            entry.Value,
            version == 0 && entry.IsDefault ? ConfigEntrySource.Default : SourceOf(entry.ConfigSource),
            entry.ReadOnly,
            entry.IsSensitive)
        {
            Type = Enum.IsDefined((ConfigValueType)entry.ConfigType) ? (ConfigValueType)entry.ConfigType : ConfigValueType.Unknown,
            Documentation = entry.Documentation,
            Synonyms = [.. entry.Synonyms.Select(static synonym => new ConfigSynonym(synonym.Name, synonym.Value, SourceOf(synonym.Source)))],
        });

    private static ConfigEntrySource SourceOf(sbyte source) => Enum.IsDefined((ConfigEntrySource)source) ? (ConfigEntrySource)source : ConfigEntrySource.Unknown;
}
