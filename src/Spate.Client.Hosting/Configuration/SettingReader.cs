namespace Spate.Client.Hosting.Configuration;

/// <summary>Puts a text into options.</summary>
/// <param name="options">The options so far.</param>
/// <param name="text">What the configuration says.</param>
/// <param name="isKafkas">Whether it stands under Kafka's key, and so is written as Kafka writes it.</param>
/// <returns>The options with it; null when it cannot be read.</returns>
internal delegate TOptions? SettingReader<TOptions>(TOptions options, string text, bool isKafkas)
    where TOptions : class;
