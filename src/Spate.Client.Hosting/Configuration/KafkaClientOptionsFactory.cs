using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Spate.Client.Hosting.Configuration;

/// <summary>Makes immutable options by steps, where those of the runtime would be filled in place, and has them looked at by whoever the program has put to that.</summary>
internal sealed class KafkaClientOptionsFactory(
    IServiceProvider services,
    IEnumerable<KafkaClientOptionsStep> steps,
    IEnumerable<IConfigureOptions<KafkaClientOptions>> fillings,
    IEnumerable<IPostConfigureOptions<KafkaClientOptions>> lateFillings,
    IEnumerable<IValidateOptions<KafkaClientOptions>> checks) : IOptionsFactory<KafkaClientOptions>
{
    /// <exception cref="KafkaConfigurationException">Something wants to fill the options in place.</exception>
    /// <exception cref="OptionsValidationException">They cannot be read, or a check of the program's fails; all failures are told at once.</exception>
    public KafkaClientOptions Create(string name)
    {
        if (fillings.Any() || lateFillings.Any())
        {
            throw new KafkaConfigurationException(
                "KafkaClientOptions are immutable, so services.Configure<KafkaClientOptions>(...) and PostConfigure cannot fill them. Say it to the client instead: "
                + "AddKafkaClient(section), or AddKafkaClient(...).Bind(section) and .Configure(options => options with { ... }).");
        }

        var options = new KafkaClientOptions
        {
            BootstrapServers = "",
            LoggerFactory = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System,
        };
        foreach (var step in steps.Where(step => step.Name == name))
        {
            options = step.Change(options, services);
        }

        var failures = checks.Select(check => check.Validate(name, options)).Where(static result => result.Failed).SelectMany(static result => result.Failures ?? []).ToList();
        return failures.Count == 0 ? options : throw new OptionsValidationException(name, typeof(KafkaClientOptions), failures);
    }
}
