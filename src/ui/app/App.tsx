export function App() {
  return (
    <main className="grid min-h-screen place-content-center p-8 text-center">
      <h1 className="text-4xl font-semibold">Kubarium</h1>
      <p className="mt-2 text-lg">A whole Kubernetes cluster behind glass.</p>
    </main>
  );
}
