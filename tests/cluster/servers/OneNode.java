import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/** One OpenSearch node with the settings of its arguments (name=value), until its standard input ends.
 *
 * <p>So a node never outlives the process that started it: the kernel closes the pipe, however that process died.
 */
public final class OneNode {
    private static final List<String> MODULES = List.of(
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
        "org.opensearch.index.mapper.MapperExtrasModulePlugin",
        "org.opensearch.index.reindex.ReindexModulePlugin",
        "org.opensearch.painless.PainlessModulePlugin",
        "org.opensearch.script.expression.ExpressionModulePlugin",
        "org.opensearch.search.aggregations.matrix.MatrixAggregationModulePlugin",
        "org.opensearch.transport.Netty4ModulePlugin");

    private OneNode() {}

    public static void main(String[] arguments) throws Exception {
        Settings.Builder named = Settings.builder();
        for (String argument : arguments) {
            int at = argument.indexOf('=');
            String name = argument.substring(0, at);
            String value = argument.substring(at + 1);
            if (value.contains(",")) {
                named.putList(name, value.split(","));
            } else {
                named.put(name, value);
            }
        }
        Settings settings = named.build();
        LogConfigurator.configureWithoutConfig(settings);
        LogConfigurator.setNodeName(settings.get("node.name"));
        List<Class<? extends Plugin>> modules = new ArrayList<>();
        for (String module : MODULES) {
            modules.add(Class.forName(module).asSubclass(Plugin.class));
        }
        Path configuration = Path.of(settings.get("path.home"), "config");
        Node node = new OpenSearchRunnerNode(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), configuration, () -> "node"), modules);
        try {
            node.start();
            while (System.in.read() >= 0) {
                // Nothing that is said matters; only the end does.
            }
            node.close();
            System.exit(0);
        } catch (Throwable fault) {
            // Threads of the node run on; without an exit nobody would learn of it.
            fault.printStackTrace();
            System.exit(1);
        }
    }
}
